import { SharpRenditionMaker } from '../../src/adapters/rendition-maker/sharp.ts';
import { type Finding, interleaved, median, type Row } from '../finding.ts';
import { ask } from '../request.ts';
import { PICTURE } from '../upstreams.ts';

const ROUND_TRIP_MS = 30;
/** So long that what else a new page takes vanishes beside it. */
const LONG_ROUND_TRIP_MS = 200;
const GENERATION_MS = 200;
const WARM_UP = 20;
/** As many pictures as are bought on a day of a usual budget: each is in the day's listings. */
const PAGES_A_DAY = 15;

/** B5: what a new page takes beside the generation itself, in round trips to the store. */
export const cold: Row = async ({ upstreams, rounds, isQuick }) => {
  upstreams.reset({ openai: GENERATION_MS });
  const cafe = await upstreams.startCafe({ DAILY_GENERATION_BUDGET: '1000' });
  let page = 0;
  const newPage = (roundTripMs: number) => async () => {
    page += 1;
    if (page % PAGES_A_DAY === 0) upstreams.s3.reset();
    upstreams.latency.s3 = roundTripMs;
    const started = performance.now();
    const { status } = await ask(cafe.url, page);
    if (status !== 200) throw new Error(`A new page got ${status}`);
    return performance.now() - started - GENERATION_MS;
  };
  try {
    for (let n = 0; n < WARM_UP; n += 1) await newPage(0)();
    const renditions = new SharpRenditionMaker();
    const took = await interleaved(isQuick ? rounds : 3 * rounds, {
      atHand: newPage(0),
      usual: newPage(ROUND_TRIP_MS),
      far: newPage(LONG_ROUND_TRIP_MS),
      renditions: async () => {
        const started = performance.now();
        await renditions.make(PICTURE);
        return performance.now() - started;
      },
    });
    const inARow: Finding = {
      row: 'B5',
      what: 'a new page: round trips to S3 in a row',
      values: took.far.map((ms, round) => (ms - (took.atHand[round] ?? 0)) / LONG_ROUND_TRIP_MS),
      unit: 'round trips',
      goal: { atMost: 5.1 },
      isGuarded: true,
      note: `by how much longer it takes with S3 ${LONG_ROUND_TRIP_MS} ms away than at hand`,
    };
    const overhead = {
      row: 'B5',
      unit: 'round trips',
      goal: { atMost: 5 + 10 / ROUND_TRIP_MS },
      note: `S3 ${ROUND_TRIP_MS} ms away; the goal is five round trips and 10 ms`,
    };
    const renditionsMs = Math.round(median(took.renditions));
    return [
      inARow,
      {
        ...overhead,
        what: 'a new page: all but the generation, in round trips to S3',
        values: took.usual.map((ms) => ms / ROUND_TRIP_MS),
      },
      {
        ...overhead,
        what: 'the same without the making of WebPs and a card, for which the reader waits',
        values: took.usual.map((ms, round) => (ms - (took.renditions[round] ?? 0)) / ROUND_TRIP_MS),
        note: `${overhead.note}; they take ${renditionsMs} ms on this one core, and save the reader most of the PNG`,
      },
    ];
  } finally {
    await cafe.stop();
  }
};
