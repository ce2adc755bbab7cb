import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Row } from '../finding.ts';
import { pinned } from '../machine.ts';

/** Each of which measures several rounds. */
const PROCESSES = 3;

interface PoolMeasured {
  pick: number;
  fallback: number;
  megabytes: number;
  knownAfterSeconds: number;
}

/** B7 and B8: a pool of a million pictures, against one of a thousand. */
export const pool: Row = async () => {
  const results: PoolMeasured[] = [];
  for (let round = 0; round < PROCESSES; round += 1) {
    results.push(await runBench<PoolMeasured>('pool.ts'));
  }
  return [
    {
      row: 'B7',
      what: 'a fallback from a million pictures, of one from a thousand',
      values: results.map(({ fallback }) => fallback),
      unit: 'x',
      goal: { atMost: 1.1 },
      note: 'our own time alone; with the copy’s round trip the difference vanishes',
    },
    {
      row: 'B8',
      what: 'memory for an index of a million',
      values: results.map(({ megabytes }) => megabytes),
      unit: 'MB',
      goal: { atMost: 40 },
    },
    {
      row: 'B8',
      what: 'a million pictures known after, a listing’s page taking 10 ms',
      values: results.map(({ knownAfterSeconds }) => knownAfterSeconds),
      unit: 's',
      goal: { atMost: 15 },
      note: 'behind the readers: until then a listing that begins at random is chosen from',
    },
  ];
};

interface MemoryMeasured {
  /** Megabytes, each of a process. */
  over: number[];
}

/** B9: eight pictures of 3 MB at once. */
export const memory: Row = async () => {
  const { over } = await runBench<MemoryMeasured>('memory.ts');
  return [
    {
      row: 'B9',
      what: 'memory at most, eight pictures of 3 MB at once, over before',
      values: over,
      unit: 'MB',
      goal: { atMost: 150 },
    },
  ];
};

/** Runs a benchmark that also runs by itself. */
async function runBench<T>(file: string): Promise<T> {
  const script = path.join(import.meta.dirname, '..', file);
  const node = pinned('server', process.execPath, ['--expose-gc', script, '--json']);
  const { stdout } = await promisify(execFile)(node.command, node.args);
  return JSON.parse(stdout) as T;
}
