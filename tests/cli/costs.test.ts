import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ObjectStoreBudgetLedger } from '../../src/adapters/budget-ledger/object-store.ts';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { FilesystemImageStore } from '../../src/adapters/image-store/filesystem.ts';
import { costs } from '../../src/cli/costs.ts';
import { DAY_MS, dayAt } from '../../src/domain/kernel/day.ts';
import { ImageKeys } from '../../src/domain/storage/image-keys.ts';
import { draft } from '../contracts/budget-ledger.contract.ts';
import { recordingTerminal } from '../support/doctors-patient.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

/** A folder in which pictures were bought on some days before noon. */
async function openFolder(spent: { daysAgo: number; costMicroUsd: number }[]) {
  const root = await mkdtemp(path.join(tmpdir(), 'cafe-costs-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const store = new FilesystemImageStore({ root, publicBaseUrl: 'https://pictures.example' });
  const keys = new ImageKeys('generated/v2');
  for (const { daysAgo, costMicroUsd } of spent) {
    const clock = new ManualClock(NOON - daysAgo * DAY_MS);
    const ledger = new ObjectStoreBudgetLedger({
      store,
      keys,
      clock,
      recordsPrefix: 'records',
      dailyLimit: 100,
    });
    const reservation = await ledger.reserve(draft({ day: dayAt(clock.now()) }));
    await reservation?.settle({ state: 'spent', model: 'any', costMicroUsd, durationMs: 1 });
    await ledger.close();
  }
  await store.close();
  return { DATA_DIR: root, DAILY_BUDGET_USD: '0.50', LOG_LEVEL: 'silent' };
}

async function costsOf(env: Record<string, string>, options = { days: 30, json: false }) {
  const { terminal, written } = recordingTerminal();
  await costs(env, { ...options, clock: new ManualClock(NOON) }, terminal);
  return written.out;
}

describe('costs', () => {
  it('prints what was spent today, this month and by day', async () => {
    const env = await openFolder([
      { daysAgo: 0, costMicroUsd: 34_000 },
      { daysAgo: 0, costMicroUsd: 51_000 },
      { daysAgo: 3, costMicroUsd: 40_000 },
      { daysAgo: 25, costMicroUsd: 1_230_000 },
      { daysAgo: 40, costMicroUsd: 9_000_000 },
    ]);
    expect((await costsOf(env)).split('\n')).toEqual([
      'Today (2026-11-21 UTC): 2 of 15 pictures, $0.09 of $0.50',
      'This month: $0.13',
      '',
      'day         pictures     dollars',
      '2026-11-21         2       $0.09',
      '2026-11-18         1       $0.04',
      '2026-10-27         1       $1.23',
      '',
    ]);
    expect(JSON.parse(await costsOf(env, { days: 4, json: true }))).toEqual({
      day: '2026-11-21',
      isPaused: false,
      today: { pictures: 2, reserved: 0, limit: 15, dollars: 0.085, limitDollars: 0.5 },
      month: { dollars: 0.125, limitDollars: null },
      days: [
        { day: '2026-11-18', pictures: 1, dollars: 0.04 },
        { day: '2026-11-21', pictures: 2, dollars: 0.085 },
      ],
    });
  });

  it('says so where nothing was bought', async () => {
    expect(await costsOf(await openFolder([]))).toContain('Nothing was bought on these days.');
  });
});
