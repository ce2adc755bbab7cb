import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { preloaded } from './preloaded.ts';
import { type Service, startService } from './start-service.ts';

/** What a process took in a quarter of a second; see `process-figures.ts`, which writes it down. */
export interface ProcessFigures {
  atMs: number;
  /** Bytes. */
  rss: number;
  /** Bytes that were still in use after all others were collected; only now and then. */
  live?: number;
  /** Open files and sockets. */
  descriptors: number;
  /** Milliseconds by which timers were late. */
  loopP99Ms: number;
  loopMaxMs: number;
  /** The longest time for which they were late because the thread worked. */
  heldMaxMs: number;
  /** Processor time of the thread. */
  cpuMs: number;
}

/** Starts a service that writes down what it takes, as far as Linux tells it; it ends with the test. */
export async function startWatched(
  env: Record<string, string>,
): Promise<Service & { figures(): Promise<ProcessFigures[]> }> {
  const folder = await mkdtemp(join(tmpdir(), 'cafe-figures-'));
  const file = join(folder, 'figures');
  const NODE_OPTIONS = `${preloaded('process-figures.ts')} ${env.NODE_OPTIONS ?? ''}`;
  const service = await startService({
    ...env,
    NODE_OPTIONS,
    TEST_FIGURES_FILE: file,
    TEST_FIGURES_COLLECT: '1',
  });
  onTestFinished(async () => {
    await service.stop('SIGKILL');
    await rm(folder, { recursive: true });
  });
  return {
    ...service,
    figures: () => readFigures(file),
  };
}

/** What is written down in a file so far. */
export async function readFigures(file: string): Promise<ProcessFigures[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  // The last one may be half written.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

/** The value below which a share of the others lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
