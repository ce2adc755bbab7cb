import { type Finding, interleaved, median, type Row, ratios } from '../finding.ts';
import { type LoadResult, load } from '../load.ts';
import { answerHeaders, ask } from '../request.ts';
import { type ServerProcess, startServer } from '../server-process.ts';

const CONNECTIONS = 64;
const WARM_UP = { connections: CONNECTIONS, seconds: 2 };
/** Short turns, so that what else the machine does meets all alike. */
const SECONDS = 1;
/** Of a core: then the generator was the limit. */
const GENERATOR_BUSY = 0.9;

/** B1 and B2: a known page and reader, beside what other servers need for a constant. */
export const hot: Row = async ({ upstreams, rounds, isQuick }) => {
  const turns = isQuick ? rounds + 2 : 3 * rounds;
  upstreams.reset();
  const cafe = await upstreams.startCafe();
  const { body, headers } = await ask(cafe.url, 0);
  const ANSWER = JSON.stringify({ url: body.url, headers: answerHeaders(headers) });
  const peer = (name: string) => startServer(`bench/peers/${name}.ts`, { ANSWER });
  const servers = {
    cafe,
    bare: await peer('bare'),
    fastify: await peer('fastify'),
    koa: await peer('koa-stack'),
  };
  try {
    for (const server of Object.values(servers)) await load(server, WARM_UP);
    const full = (server: ServerProcess) => () =>
      load(server, { connections: CONNECTIONS, seconds: SECONDS });
    const loaded = await interleaved(turns, {
      bare: full(servers.bare),
      cafe: full(servers.cafe),
      fastify: full(servers.fastify),
      koa: full(servers.koa),
      detailed: () => load(cafe, { connections: CONNECTIONS, seconds: SECONDS, isDetailed: true }),
    });
    const findings = [...throughput(loaded), details(loaded)];
    return isQuick ? findings : [...findings, await tail(servers, loaded, turns)];
  } finally {
    for (const server of Object.values(servers)) await server.stop();
  }
};

type Loaded = Record<'bare' | 'cafe' | 'fastify' | 'koa' | 'detailed', LoadResult[]>;

function throughput({ bare, cafe, fastify, koa }: Loaded): Finding[] {
  const busy = Math.max(...[...bare, ...cafe].map(({ generatorLoad }) => generatorLoad));
  const limited =
    busy > GENERATOR_BUSY
      ? 'the generator was the limit, so that the true difference is greater'
      : `the generator used ${Math.round(busy * 100)} % of its core at most`;
  const per = (
    what: 'perSecond' | 'perServerSecond',
    other: LoadResult[],
    name: string,
    atLeast: number,
  ): Finding => ({
    row: 'B1',
    what: `hot POST, ${WORDS[what]}, of ${name}`,
    values: ratios(
      cafe.map((result) => result[what]),
      other.map((result) => result[what]),
    ),
    unit: 'x',
    goal: { atLeast },
    ...(what === 'perSecond'
      ? { note: limited }
      : { note: 'counts what the server used, whatever else runs', isGuarded: true }),
  });
  return (['perSecond', 'perServerSecond'] as const).flatMap((what) => [
    per(what, bare, 'bare node:http', 0.9),
    per(what, fastify, 'Fastify', 1),
    per(what, koa, 'an ordinary Koa stack', 2.5),
  ]);
}

function details({ cafe, detailed }: Loaded): Finding {
  return {
    row: 'B1',
    what: 'the same with all that is known of the picture, as the element asks, of without',
    values: ratios(
      detailed.map(({ perServerSecond }) => perServerSecond),
      cafe.map(({ perServerSecond }) => perServerSecond),
    ),
    unit: 'x',
    goal: { atLeast: 0.85 },
    isGuarded: true,
    note: 'counts what the server used; the answer is several times as long',
  };
}

const WORDS = {
  perSecond: 'requests a second',
  perServerSecond: "requests a second of the server's processor",
};

async function tail(
  { cafe, bare }: Record<'cafe' | 'bare', ServerProcess>,
  loaded: Loaded,
  turns: number,
): Promise<Finding> {
  const most = Math.min(
    ...[loaded.cafe, loaded.bare].map((all) => median(all.map(({ perSecond }) => perSecond))),
  );
  const half = (server: ServerProcess) => () =>
    load(server, { connections: CONNECTIONS, seconds: SECONDS, rate: most / 2 });
  const halfLoaded = await interleaved(turns, { bare: half(bare), cafe: half(cafe) });
  const reached = median(halfLoaded.cafe.map(({ perSecond }) => perSecond)) / most;
  return {
    row: 'B2',
    what: "hot p99 at half load, of bare node:http's",
    values: ratios(
      halfLoaded.cafe.map(({ p99Ms }) => p99Ms),
      halfLoaded.bare.map(({ p99Ms }) => p99Ms),
    ),
    unit: 'x',
    goal: { atMost: 1.5 },
    note:
      `${CONNECTIONS} connections with random pauses, the same for both, which made ` +
      `${Math.round(reached * 100)} % of the slower one's most; a connection that waits for its answer ` +
      'sends nothing meanwhile, so a stall counts once for each connection',
  };
}
