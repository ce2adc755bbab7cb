import type { Row } from '../finding.ts';
import { ask } from '../request.ts';

const ROUND_TRIP_MS = 30;
const GENERATION_MS = 200;
const WARM_UP = 5;

/** B5: what a new page takes beside the generation itself, in round trips to the store. */
export const cold: Row = async ({ upstreams, rounds }) => {
  upstreams.reset({ s3: ROUND_TRIP_MS, openai: GENERATION_MS });
  const cafe = await upstreams.startCafe({ DAILY_GENERATION_BUDGET: '1000' });
  try {
    const values: number[] = [];
    for (let page = 0; page < WARM_UP + 2 * rounds; page += 1) {
      const started = performance.now();
      const { status } = await ask(cafe.url, page);
      const took = performance.now() - started;
      if (status !== 200) throw new Error(`A new page got ${status}`);
      if (page >= WARM_UP) values.push((took - GENERATION_MS) / ROUND_TRIP_MS);
    }
    return [
      {
        row: 'B5',
        what: 'a new page, beside the generation, in round trips to S3',
        values,
        unit: 'round trips',
        goal: { atMost: 5 + 10 / ROUND_TRIP_MS },
        isGuarded: true,
        note: `S3 ${ROUND_TRIP_MS} ms away; the goal is five round trips and 10 ms`,
      },
    ];
  } finally {
    await cafe.stop();
  }
};
