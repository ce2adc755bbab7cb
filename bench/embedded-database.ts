/**
 * What the embedded database costs: opening it, memory, and how long the event loop is held while it
 * works. `npm run bench:database`
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '../src/adapters/postgres/database.ts';
import { openDatabase } from '../src/app/container/open-database.ts';

const TRANSACTIONS_PER_SECOND = 20;
const SECONDS = 20;
/** The event loop is sampled this often, in milliseconds. */
const RESOLUTION = 1;

const folder = await mkdtemp(join(tmpdir(), 'cafe-bench-'));
const config = { kind: 'embedded', folder: join(folder, 'database') } as const;
const deps = { notice: (message: string) => process.stderr.write(`${message}\n`) };
const before = megabytes();

const first = await timed(async () => {
  const database = await openDatabase(config, deps);
  await database.open();
  return database;
});
await first.result.close();
const second = await timed(async () => {
  const lazy = await openDatabase(config, deps);
  return { lazy, database: await lazy.open() };
});
const opened = megabytes();
const quiet = await heldFor(() => wait(SECONDS * 1000));
const busy = await heldFor(() => work(second.result.database));
say(`first open                   ${first.ms.toFixed(0)} ms`);
say(`later open                   ${second.ms.toFixed(0)} ms`);
say(`memory before, open, busy    ${before}, ${opened}, ${megabytes()} MB`);
say(`event loop p99, quiet        ${quiet.toFixed(1)} ms`);
say(`event loop p99, ${TRANSACTIONS_PER_SECOND} a second  ${busy.toFixed(1)} ms`);
await second.result.lazy.close();
await rm(folder, { recursive: true });

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A row is written and changed, each in a transaction, as a reservation and its settlement are. */
async function work(database: Database): Promise<void> {
  const all: Promise<void>[] = [];
  for (let n = 0; n < SECONDS * TRANSACTIONS_PER_SECOND; n += 1) {
    all.push(reserveAndSettle(database));
    await wait(1000 / TRANSACTIONS_PER_SECOND);
  }
  await Promise.all(all);
}

async function reserveAndSettle(database: Database): Promise<void> {
  const page = randomUUID();
  await database.transaction(async (transaction) => {
    const note = JSON.stringify({ making: [page] });
    await transaction.insertInto('page_notes').values({ page, note, version: 1 }).execute();
    await transaction
      .updateTable('page_notes')
      .set({ version: 2 })
      .where('page', '=', page)
      .execute();
  });
}

async function heldFor(task: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  delay.enable();
  await task();
  delay.disable();
  return delay.percentile(99) / 1e6;
}

async function timed<T>(task: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const started = performance.now();
  const result = await task();
  return { ms: performance.now() - started, result };
}

function megabytes(): number {
  return Math.round(process.memoryUsage.rss() / 1e6);
}
