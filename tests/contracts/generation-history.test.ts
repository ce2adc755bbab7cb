import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ObjectStoreBudgetLedger } from '../../src/adapters/budget-ledger/object-store.ts';
import { ObjectStoreGenerationHistory } from '../../src/adapters/generation-history/object-store.ts';
import { FilesystemImageStore } from '../../src/adapters/image-store/filesystem.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import { DAY_MS, dayAt } from '../../src/domain/kernel/day.ts';
import { ImageKeys } from '../../src/domain/storage/image-keys.ts';
import type { ObjectStore } from '../../src/domain/storage/object-store.ts';
import { connectS3Store, failureOf, openS3Store } from '../support/open-s3-store.ts';
import { draft, NOON, RestlessClock } from './budget-ledger.contract.ts';
import { generationHistoryContract, type HistoryUnderTest } from './generation-history.contract.ts';

const publicBaseUrl = 'https://pictures.example';

function historyOver(store: ObjectStore): HistoryUnderTest {
  const keys = new ImageKeys('generated/v2');
  const clock = new RestlessClock(NOON);
  const common = { store, keys, recordsPrefix: 'records' };
  const ledger = new ObjectStoreBudgetLedger({ ...common, clock, dailyLimit: 100 });
  onTestFinished(() => ledger.close());
  const foldDays = async () => {
    clock.jump(2 * 3_600_000);
    const reservation = await ledger.reserve(draft({ day: dayAt(clock.now() + DAY_MS) }));
    await reservation?.settle({ state: 'refused', reason: 'test', durationMs: 0 });
    await ledger.finished();
  };
  return {
    history: new ObjectStoreGenerationHistory(common),
    ledger,
    foldDays,
    store,
    keys,
    clock,
  };
}

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
