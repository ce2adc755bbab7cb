import { interleaved, type Row, ratios } from '../finding.ts';
import { startServer } from '../server-process.ts';

/** B14: from nothing to the first 200, with S3, OpenAI and country.is configured. */
export const start: Row = async ({ upstreams, rounds }) => {
  upstreams.reset();
  const koa = () =>
    startServer('bench/peers/koa-stack.ts', { ANSWER_URL: 'https://pictures.example/a.png' });
  const timed = (launch: typeof koa) => async () => {
    const server = await launch();
    await server.stop();
    return server.startMs;
  };
  const results = await interleaved(rounds + 1, {
    koa: timed(koa),
    cafe: timed(() => upstreams.startCafe()),
  });
  return [
    {
      row: 'B14',
      what: 'start to the first 200, of an ordinary Koa stack’s',
      // The first one reads the files from the disk.
      values: ratios(results.cafe, results.koa).slice(1),
      unit: 'x',
      goal: { atMost: 2 },
      isGuarded: true,
    },
  ];
};
