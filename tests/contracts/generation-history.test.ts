import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { reservedRow } from '../../src/adapters/budget-ledger/postgres/reserved-row.ts';
import { FilesystemImageStore } from '../../src/adapters/image-store/filesystem.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import { insertGenerations } from '../../src/adapters/postgres/budget-rows.ts';
import { DAY_MS, dayAt } from '../../src/domain/kernel/day.ts';
import { CafeError } from '../../src/domain/kernel/errors.ts';
import { historyOver, historyOverSql } from '../support/open-history.ts';
import { connectS3Store, failureOf, openS3Store } from '../support/open-s3-store.ts';
import { draft, NOON } from './budget-ledger.contract.ts';
import { generate, generationHistoryContract } from './generation-history.contract.ts';

const publicBaseUrl = 'https://pictures.example';

const _common = { recordsPrefix: 'records' };

const historyInSql = historyOverSql();

/** A busy machine may take its time; a call that is repeated would count. */
async function openPatiently() {
  const { standIn, server } = await connectS3Store();
  const patience = { readTimeoutMs: 30_000, writeTimeoutMs: 30_000 };
  const store = openS3Store({ endpoint: server.url, forcePathStyle: true, ...patience });
  return { standIn, ...historyOver(store) };
}

generationHistoryContract('records in memory', async () =>
  historyOver(new MemoryImageStore({ publicBaseUrl })),
);
generationHistoryContract('records in files', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'cafe-history-'));
  onTestFinished(() => rm(root, { recursive: true }));
  return historyOver(new FilesystemImageStore({ root, publicBaseUrl }));
});
generationHistoryContract('records in a bucket', openPatiently);
generationHistoryContract('rows in the embedded database', historyInSql);

it('leaves out what a record that was spoilt says, and tells all the rest', async () => {
  const it = historyOver(new MemoryImageStore({ publicBaseUrl }));
  const made = await generate(it);
  await it.store.put(
    `records/2026/11/21/${made.id}-france.spent.5000.json`,
    Buffer.from('{"broken'),
    { contentType: 'application/json' },
  );
  const whole = await generate(it);
  const [first, second] = await Array.fromAsync(it.history.entries('2026/11/21'));
  expect(first?.picture).toEqual(whole);
  expect(second).toMatchObject({ picture: made, state: 'spent', costMicroUsd: 5_000 });
  expect(second?.record).toBeUndefined();
});

describe('the newest page of a long history', () => {
  it('costs a few listings and the records of the days it shows', async () => {
    const { history, standIn } = await openPatiently();
    for (let n = 0; n < 10_000; n += 1) {
      const day = dayAt(NOON - Math.floor(n / 111) * DAY_MS);
      standIn.seed(`generated/v2/${day}/${randomUUID()}-france.png`, 'x');
    }
    let count = 0;
    for await (const _ of history.entries(dayAt(NOON))) {
      count += 1;
      if (count === 50) break;
    }
    expect(count).toBe(50);
    expect(standIn.countOf({ operation: 'list' })).toBe(4);
    expect(standIn.countOf({ operation: 'get' })).toBe(0);
  });

  it('is no longer where a day has more single records than are opened', async () => {
    const { history, standIn } = await openPatiently();
    for (let n = 0; n < 1001; n += 1) {
      standIn.seed(`records/2026/11/21/${randomUUID()}-france.spent.5000.json`, '{}');
    }
    const entries = await Array.fromAsync(history.entries(dayAt(NOON)));
    expect(entries).toHaveLength(1001);
    expect(entries[0]).toMatchObject({ state: 'spent', costMicroUsd: 5000, record: undefined });
    expect(standIn.countOf({ operation: 'get' })).toBe(0);
  });
});

describe('a store that fails', () => {
  it('fails every reading', async () => {
    const { store, standIn } = await connectS3Store();
    const { history } = historyOver(store);
    standIn.fault({}, { kind: 'status', status: 403, code: 'AccessDenied' }, 99);
    const today = dayAt(NOON);
    await failureOf(history.spending(today, today));
    await failureOf(history.usage(today, 1));
    await failureOf(Array.fromAsync(history.entries(today)));
    await failureOf(Array.fromAsync(history.entriesUpTo(today)));
    await failureOf(history.find({ day: today, id: randomUUID(), country: undefined }));
  });
});

describe('a history in rows', () => {
  it('reads a long day in pages, and asks no more often for more images', async () => {
    const { history, database, store, keys } = await historyInSql();
    const rows = Array.from({ length: 2500 }, (_, n) => {
      const asked = draft({ day: n % 2 === 0 ? '2026/11/21' : '2026/11/20' });
      return reservedRow(asked, new Date(NOON + Math.floor(n / 4)).toISOString());
    });
    await database.transaction(async (transaction) => {
      await insertGenerations(transaction, rows);
    });
    for (let n = 0; n < 50; n += 1) {
      const image = { day: '2026/11/21', id: randomUUID(), country: undefined } as const;
      await store.put(keys.dated(image), Buffer.from('x'), { contentType: 'image/png' });
    }
    const calls = vi.spyOn(database, 'run');
    const newest = await Array.fromAsync(history.entries('2026/11/21'));
    expect(newest).toHaveLength(2550);
    expect(new Set(newest.map(({ picture }) => picture.id)).size).toBe(2550);
    // Which images have rows, four pages of rows, and the oldest day.
    expect(calls.mock.calls.length).toBeLessThanOrEqual(6);
    const oldest = await Array.fromAsync(history.entriesUpTo('2026/11/21'));
    expect(oldest).toEqual(newest.toReversed());
    calls.mockClear();
    for await (const entry of history.entries('2026/11/21')) {
      if (entry.picture.id === newest[49]?.picture.id) break;
    }
    expect(calls).toHaveBeenCalledTimes(2);
    calls.mockRestore();
  });

  it('is unavailable where its store or its database is', async () => {
    const { history, database, store } = await historyInSql();
    const listing = vi.spyOn(store, 'list').mockImplementation(() => {
      throw new CafeError('storage_unavailable', 'down');
    });
    await failureOf(Array.fromAsync(history.entries('2026/11/21')));
    await failureOf(history.usage('2026/11/21', 1));
    await failureOf(history.find({ day: '2026/11/21', id: randomUUID(), country: undefined }));
    listing.mockRestore();
    const queries = vi.spyOn(database, 'run');
    queries.mockRejectedValue(new CafeError('database_unavailable', 'down'));
    const away = { code: 'database_unavailable' };
    await expect(history.spending('2026/11/21', '2026/11/21')).rejects.toMatchObject(away);
    await expect(Array.fromAsync(history.entries('2026/11/21'))).rejects.toMatchObject(away);
    queries.mockRestore();
  });
});
