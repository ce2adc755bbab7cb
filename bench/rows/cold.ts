import { SharpRenditionMaker } from '../../src/adapters/rendition-maker/sharp.ts';
import { PostgresServer } from '../../tests/support/postgres-server.ts';
import { findPostgres, sayMissing } from '../../tests/support/real-services.ts';
import { type Finding, interleaved, median, type Row } from '../finding.ts';
import { ask } from '../request.ts';
import type { ServerProcess } from '../server-process.ts';
import { PICTURE, type Upstreams } from '../upstreams.ts';

const ROUND_TRIP_MS = 30;
/** So long that what else a new page takes vanishes beside it. */
const LONG_ROUND_TRIP_MS = 200;
const GENERATION_MS = 200;
const WARM_UP = 20;
/** As many pictures as are bought on a day of a usual budget: each is in the day's listings. */
const PAGES_A_DAY = 15;

/** Asks for new pages, one after another, of a cafe with as many pictures a day as a usual budget has. */
function newPages(cafe: ServerProcess, upstreams: Upstreams) {
  let page = 0;
  /** Milliseconds that a new page takes beside its generation. */
  return (roundTripMs: number) => async () => {
    page += 1;
    if (page % PAGES_A_DAY === 0) upstreams.s3.reset();
    upstreams.latency.s3 = roundTripMs;
    const started = performance.now();
    const { status } = await ask(cafe.url, page);
    if (status !== 200) throw new Error(`A new page got ${status}`);
    return performance.now() - started - GENERATION_MS;
  };
}

/** By how much longer a new page takes with S3 far away than at hand, in round trips. */
function inARow(took: { far: number[]; atHand: number[] }): number[] {
  return took.far.map((ms, round) => (ms - (took.atHand[round] ?? 0)) / LONG_ROUND_TRIP_MS);
}

/** B5: what a new page takes beside the generation itself, in round trips to the store. */
export const cold: Row = async ({ upstreams, rounds, isQuick }) => {
  upstreams.reset({ openai: GENERATION_MS });
  const cafe = await upstreams.startCafe({ DAILY_GENERATION_BUDGET: '1000' });
  const newPage = newPages(cafe, upstreams);
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
    const roundTrips: Finding = {
      row: 'B5',
      what: 'a new page: round trips to S3 in a row',
      values: inARow(took),
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
      roundTrips,
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

/** B5 with a database at hand: the store is asked for the page, and takes the picture. */
export const coldWithDatabase: Row = async ({ upstreams, rounds, isQuick }) => {
  const programs = await findPostgres();
  if (!programs) throw new Error(sayMissing('postgres'));
  const server = await PostgresServer.start({ programs });
  upstreams.reset({ openai: GENERATION_MS });
  const cafe = await upstreams.startCafe({
    DAILY_GENERATION_BUDGET: '1000',
    STUDIO: 'off',
    DATABASE_URL: server.url(await server.createDatabase()),
  });
  const newPage = newPages(cafe, upstreams);
  try {
    for (let n = 0; n < WARM_UP; n += 1) await newPage(0)();
    const took = await interleaved(isQuick ? rounds : 3 * rounds, {
      atHand: newPage(0),
      far: newPage(LONG_ROUND_TRIP_MS),
    });
    return [
      {
        row: 'B5',
        what: 'a new page with a database: round trips to S3 in a row',
        values: inARow(took),
        unit: 'round trips',
        goal: { atMost: 2.2 },
        isGuarded: true,
        note: `by how much longer it takes with S3 ${LONG_ROUND_TRIP_MS} ms away than at hand, PostgreSQL on the same machine`,
      },
    ];
  } finally {
    await cafe.stop();
    await server.remove();
  }
};
