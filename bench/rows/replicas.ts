import { interleaved, type Row, ratios } from '../finding.ts';
import { load } from '../load.ts';
import { ask } from '../request.ts';

const CONNECTIONS = 32;

/** B12, as far as two cores can show it: that two replicas on one bucket cost each other nothing. */
export const replicas: Row = async ({ upstreams, rounds, seconds }) => {
  upstreams.reset();
  const [first, second] = [await upstreams.startCafe(), await upstreams.startCafe()];
  try {
    for (const { url } of [first, second]) await ask(url, 0);
    const options = { connections: CONNECTIONS, seconds };
    await Promise.all([load(first, options), load(second, options)]);
    const results = await interleaved(rounds, {
      one: async () => (await load(first, options)).perServerSecond,
      two: async () => {
        const both = await Promise.all([load(first, options), load(second, options)]);
        return both.reduce((sum, { perServerSecond }) => sum + perServerSecond, 0) / both.length;
      },
    });
    return [
      {
        row: 'B12',
        what: 'hot POST a processor second with two replicas at once, of that with one',
        values: ratios(results.two, results.one),
        unit: 'x',
        goal: { atLeast: 0.9 },
        note:
          'both on one core: shows what they cost each other, not how a machine with more cores ' +
          'carries them',
      },
    ];
  } finally {
    await first.stop();
    await second.stop();
  }
};
