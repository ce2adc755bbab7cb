import { type Finding, interleaved, type Row, ratios } from '../finding.ts';
import { type ServerProcess, startServer } from '../server-process.ts';

/** B14: from nothing to the first 200, with S3, OpenAI and country.is configured. */
export const start: Row = async ({ upstreams, rounds }) => {
  upstreams.reset();
  const timed = (launch: () => Promise<ServerProcess>) => async () => {
    const server = await launch();
    await server.stop();
    return server;
  };
  const results = await interleaved(rounds + 1, {
    koa: timed(() =>
      startServer('bench/peers/koa-stack.ts', { ANSWER: '{"url":"","headers":{}}' }),
    ),
    cafe: timed(() => upstreams.startCafe()),
  });
  const finding = (what: string, of: (server: ServerProcess) => number): Finding => ({
    row: 'B14',
    what,
    unit: 'x',
    goal: { atMost: 2 },
    note: 'what Node compiled is kept between starts, and is in the image',
    // The first one reads the files from the disk, and compiles them.
    values: ratios(results.cafe.map(of), results.koa.map(of)).slice(1),
  });
  return [
    finding('start to the first 200, of an ordinary Koa stack’s', ({ startMs }) => startMs),
    {
      ...finding('the same in processor time', ({ startProcessorMs }) => startProcessorMs),
      isGuarded: true,
    },
  ];
};
