import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../scripts/free-port.ts';
import { pinned, processorSeconds } from './machine.ts';

const ROOT = path.join(import.meta.dirname, '..');
const START_MS = 120_000;

const running = new Set<ChildProcess>();
// None outlives a run, however that ends.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

export interface ServerProcess {
  /** Without a slash at the end. */
  url: string;
  pid: number;
  /** Milliseconds from the start of the process to its first 200. */
  startMs: number;
  /** And what of that its processor was busy for. */
  startProcessorMs: number;
  /** What it wrote to stderr. */
  complaints(): string;
  stop(): Promise<void>;
}

/**
 * Runs a server file in a process of its own, with nothing but this environment, until it answers
 * `/health` with 200. Its stdout goes nowhere, as the log of all of them.
 */
export async function startServer(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const PORT = String(await freePort());
  const url = `http://127.0.0.1:${PORT}`;
  const { command, args } = pinned('server', process.execPath, ['--expose-gc', file]);
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', HOST: '127.0.0.1', ...env, PORT },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  running.add(child);
  const closed = once(child, 'close').finally(() => running.delete(child));
  while (!(await isUp(url))) {
    if (child.exitCode !== null || performance.now() - started > START_MS) {
      child.kill('SIGKILL');
      throw new Error(`${file} did not start:\n${complaints}`);
    }
    await wait(2);
  }
  const startMs = performance.now() - started;
  if (child.pid === undefined) throw new Error(`${file} has no process`);
  return {
    url,
    pid: child.pid,
    startMs,
    startProcessorMs: processorSeconds(child.pid) * 1000,
    complaints: () => complaints,
    async stop() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

async function isUp(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}
