import { interleaved, type Row, ratios } from '../finding.ts';
import { load } from '../load.ts';
import { type ServerProcess, startServer } from '../server-process.ts';

const FEW = 1_000;
const MANY = 1_000_000;
const CONNECTIONS = 64;

/** B10: a million known pages, against a thousand. */
export const manyPages: Row = async ({ rounds, seconds, isQuick }) => {
  const many = isQuick ? MANY / 10 : MANY;
  const start = (pages: number) =>
    startServer('bench/many-pages-server.ts', { PAGES: String(pages) });
  const [few, lots] = [await start(FEW), await start(many)];
  try {
    const { bytesPerPage } = JSON.parse(lots.complaints()) as { bytesPerPage: number };
    const loaded = (server: ServerProcess, pages: number) => () =>
      load(server, { connections: CONNECTIONS, seconds, pages });
    const [toFew, toLots] = [loaded(few, FEW), loaded(lots, many)];
    // Warmed up by all that is measured, and a part of it.
    await toFew();
    await toLots();
    const results = await interleaved(rounds, { few: toFew, lots: toLots });
    const note = `${many} pages and ${FEW}, the n-th asked for 1/n as often as the first`;
    return [
      {
        row: 'B10',
        what: 'hot POST with many known pages, of the same with a thousand',
        values: ratios(
          results.lots.map(({ perServerSecond }) => perServerSecond),
          results.few.map(({ perServerSecond }) => perServerSecond),
        ),
        unit: 'x',
        goal: { atLeast: 0.95 },
        isGuarded: true,
        note: `${note}; per second of the server's processor`,
      },
      {
        row: 'B10',
        what: 'memory for each known page',
        values: [bytesPerPage],
        unit: 'bytes',
        goal: { atMost: 250 },
        isGuarded: true,
        note: `${many} pages, heap after a collection`,
      },
    ];
  } finally {
    await few.stop();
    await lots.stop();
  }
};
