import { interleaved, type Row, ratios } from '../finding.ts';
import { load } from '../load.ts';
import { ask } from '../request.ts';

const CONNECTIONS = 8;
const COUNTRY_MS = 80;
const HEAD_MS = 30;

/** B3: a page that has its picture, against the algorithm that looks everything up each time. */
export const literal: Row = async ({ upstreams, rounds, seconds }) => {
  upstreams.reset({ s3: HEAD_MS, countryIs: COUNTRY_MS });
  const [cafe, other] = [await upstreams.startCafe(), await upstreams.startLiteral()];
  try {
    // Each finds the picture that the first one bought.
    for (const { url } of [cafe, other]) {
      const { status } = await ask(url, 0);
      if (status !== 200) throw new Error(`The page got no picture: ${status}`);
    }
    const options = { connections: CONNECTIONS, seconds };
    const loaded = await interleaved(rounds, {
      literal: () => load(other, options),
      cafe: () => load(cafe, options),
    });
    return [
      {
        row: 'B3',
        what: 'median latency of the literal algorithm without a cache, of ours',
        values: ratios(
          loaded.literal.map(({ p50Ms }) => p50Ms),
          loaded.cafe.map(({ p50Ms }) => p50Ms),
        ),
        unit: 'x',
        goal: { atLeast: 100 },
        note: `country.is ${COUNTRY_MS} ms and S3 ${HEAD_MS} ms away, ${CONNECTIONS} connections`,
      },
    ];
  } finally {
    await cafe.stop();
    await other.stop();
  }
};
