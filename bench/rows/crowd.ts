import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Finding, type Row, ratios } from '../finding.ts';
import { megabytes, mostOpenFiles, pinned } from '../machine.ts';
import { ask } from '../request.ts';
import { startServer } from '../server-process.ts';
import type { Upstreams } from '../upstreams.ts';

const READERS = 10_000;
const GENERATION_MS = 2000;
/** Files that a process has open beside the readers' connections. */
const OTHER_FILES = 500;
const CLIENT = path.join(import.meta.dirname, '../crowd-client.ts');

/** B4: ten thousand readers wait for the picture of one new page. */
export const crowd: Row = async ({ upstreams, rounds, isQuick }) => {
  const readers = Math.min(isQuick ? 1000 : READERS, mostOpenFiles() - OTHER_FILES);
  const note =
    `${readers} readers, a picture takes ${GENERATION_MS} ms` +
    (readers < READERS && !isQuick ? '; `ulimit -n` allows no more' : '');
  const results: Outcome[] = [];
  const floor: number[] = [];
  for (let round = 0; round < (isQuick ? 1 : rounds); round += 1) {
    results.push(await gather(upstreams, readers));
    floor.push(await waitingMegabytes(readers));
  }
  const finding = (
    what: string,
    of: (outcome: Outcome) => number,
    unit: string,
    atMost: number,
  ): Finding => ({
    row: 'B4',
    what,
    values: results.map(of),
    unit,
    goal: { atMost },
    note,
  });
  return [
    {
      ...finding('a crowd on one new page: pictures bought', ({ bought }) => bought, 'pictures', 1),
      isGuarded: true,
    },
    {
      ...finding('readers of it who got no picture', ({ failures }) => failures, 'readers', 0),
      isGuarded: true,
    },
    finding('the last one answered, after the picture', ({ lateMs }) => lateMs, 'ms', 1000),
    finding('memory at most, over before', ({ grownMb }) => grownMb, 'MB', 120),
    {
      ...finding('the same, of what node:http takes to keep as many waiting', () => 0, 'x', 1.5),
      values: ratios(
        results.map(({ grownMb }) => grownMb),
        floor,
      ),
    },
  ];
};

interface Outcome {
  bought: number;
  failures: number;
  lateMs: number;
  grownMb: number;
}

async function gather(upstreams: Upstreams, readers: number): Promise<Outcome> {
  upstreams.reset();
  const cafe = await upstreams.startCafe();
  try {
    // What the first picture loads and compiles is not the crowd's.
    await ask(cafe.url, 1);
    const before = megabytes(cafe.pid, 'VmRSS');
    upstreams.openai.reset();
    upstreams.latency.openai = GENERATION_MS;
    const { failures, lastAt } = await crowdAt(cafe.url, readers);
    return {
      bought: upstreams.openai.journal.length,
      failures,
      lateMs: lastAt - upstreams.pictureMadeAt,
      grownMb: megabytes(cafe.pid, 'VmHWM') - before,
    };
  } finally {
    await cafe.stop();
  }
}

/** What a server grows by that does nothing but let them wait. */
async function waitingMegabytes(readers: number): Promise<number> {
  const ANSWER = JSON.stringify({ url: 'https://pictures.example/a.png', headers: {} });
  const server = await startServer('bench/peers/waiting.ts', {
    ANSWER,
    WAIT_MS: String(GENERATION_MS),
  });
  try {
    const before = megabytes(server.pid, 'VmRSS');
    await crowdAt(server.url, readers);
    return megabytes(server.pid, 'VmHWM') - before;
  } finally {
    await server.stop();
  }
}

async function crowdAt(url: string, readers: number) {
  const { command, args } = pinned('load', process.execPath, [CLIENT, url, `${readers}`]);
  const { stdout } = await promisify(execFile)(command, args);
  return JSON.parse(stdout) as { failures: number; lastAt: number };
}
