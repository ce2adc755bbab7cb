import { COUNTRIES } from '../../src/domain/countries/country.ts';
import { interleaved, median, type Row, ratios } from '../finding.ts';
import { load } from '../load.ts';
import { ask } from '../request.ts';

const CONNECTIONS = 32;
const MISSES = 500;
const GENERATION_MS = 2000;

/** B11: readers from everywhere, and hundreds of new pages while they come. */
export const countries: Row = async ({ upstreams, rounds, seconds }) => {
  upstreams.reset();
  const cafe = await upstreams.startCafe({ DAILY_GENERATION_BUDGET: '1000000' });
  try {
    for (let country = 0; country < COUNTRIES.length; country += 1) await ask(cafe.url, 0, country);
    const full = { connections: CONNECTIONS, seconds };
    await load(cafe, full);
    const most = await load(cafe, full);
    const half = { ...full, rate: most.perSecond / 2 };
    upstreams.latency.openai = GENERATION_MS;
    let page = 1;
    const results = await interleaved(rounds, {
      one: () => load(cafe, half),
      all: () => load(cafe, { ...half, countries: COUNTRIES.length }),
      missing: async () => {
        const first = page;
        page += MISSES;
        const misses = Array.from({ length: MISSES }, (_, n) =>
          ask(cafe.url, first + n, n % COUNTRIES.length),
        );
        const result = await load(cafe, half);
        // So that the next measurement is undisturbed: those that wait for their turn are let through.
        upstreams.latency.openai = 0;
        await Promise.all(misses);
        upstreams.latency.openai = GENERATION_MS;
        return result;
      },
    });
    const p99 = (name: keyof typeof results) => results[name].map(({ p99Ms }) => p99Ms);
    const reached = median(results.one.map(({ perSecond }) => perSecond)) / most.perSecond;
    const note = `at ${Math.round(reached * 100)} % of what it carries`;
    return [
      {
        row: 'B11',
        what: `hot p99 with readers from ${COUNTRIES.length} countries, of that from one`,
        values: ratios(p99('all'), p99('one')),
        unit: 'x',
        goal: { atMost: 1.2 },
        note,
      },
      {
        row: 'B11',
        what: `hot p99 while ${MISSES} new pages are asked for at once, of that without`,
        values: ratios(p99('missing'), p99('one')),
        unit: 'x',
        goal: { atMost: 1.2 },
        note: `${note}; the stand-ins for S3 and OpenAI share the generator's core, all arrive at once`,
      },
    ];
  } finally {
    await cafe.stop();
  }
};
