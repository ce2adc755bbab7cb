import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { HAS_WRK, pinned, processorSeconds } from './machine.ts';
import { PATH } from './request.ts';
import type { ServerProcess } from './server-process.ts';

export interface Load {
  connections: number;
  seconds: number;
  /** How many pages are asked for, the n-th 1/n as often as the first; 1 if nothing is said. */
  pages?: number;
  /** How many countries readers come from, alike; 1 if nothing is said. */
  countries?: number;
  /** Whether all that is known of the picture is asked for, as the element does. */
  isDetailed?: boolean;
  /** Requests a second, about; as many as there can be if nothing is said. */
  rate?: number;
}

export interface LoadResult {
  perSecond: number;
  /** Requests for a second of the server's own processor time, whatever else the machine does. */
  perServerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Part of one core that the generator used; near 1 it was the limit, and not the server. */
  generatorLoad: number;
}

const WATCH_MS = 50;

/**
 * Loads a server from a process of its own: so many connections, each of which sends its next request
 * when the last one is answered. With a rate, each waits in between, at random around what makes that
 * rate.
 *
 * @throws Error where any request failed: such a figure would say nothing
 */
export async function load(server: ServerProcess, options: Load): Promise<LoadResult> {
  const before = processorSeconds(server.pid);
  const { outcome, generatorLoad } = await generate(server.url, options);
  const used = processorSeconds(server.pid) - before;
  const { requests, seconds, p50Ms, p99Ms, failures } = outcome;
  if (failures > 0) throw new Error(`${failures} of ${requests} requests failed`);
  return {
    perSecond: requests / seconds,
    perServerSecond: requests / used,
    p50Ms,
    p99Ms,
    generatorLoad,
  };
}

async function generate(
  url: string,
  { connections, seconds, pages = 1, countries = 1, isDetailed, rate }: Load,
) {
  const target = url + PATH + (isDetailed ? '?details=1' : '');
  const think = rate ? Math.max(1, Math.round((connections * 1000) / rate)) : 0;
  const what = [pages, countries, think].map(String);
  const [command, args] = HAS_WRK
    ? wrk(target, connections, seconds, what)
    : autocannon(target, connections, seconds, what);
  const run = pinned('load', command, args);
  const child = spawn(run.command, run.args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const started = performance.now();
  let generatorLoad = 0;
  const watch = setInterval(() => {
    if (child.exitCode !== null || child.pid === undefined) return;
    generatorLoad = (processorSeconds(child.pid) * 1000) / (performance.now() - started);
  }, WATCH_MS);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  const line = output.trim().split('\n').at(-1) ?? '';
  if (code !== 0 || !line.startsWith('{')) throw new Error(`The generator failed:\n${output}`);
  const outcome = JSON.parse(line) as {
    requests: number;
    seconds: number;
    p50Ms: number;
    p99Ms: number;
    failures: number;
  };
  return { outcome, generatorLoad };
}

function wrk(url: string, connections: number, seconds: number, what: string[]) {
  const script = path.join(import.meta.dirname, 'load.lua');
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url];
  return ['wrk', [...options, '--', ...what]] as const;
}

function autocannon(url: string, connections: number, seconds: number, what: string[]) {
  const script = path.join(import.meta.dirname, 'load-autocannon.ts');
  return [process.execPath, [script, url, String(connections), String(seconds), ...what]] as const;
}
