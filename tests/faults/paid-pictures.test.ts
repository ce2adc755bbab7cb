import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { askFor } from '../support/open-proxied-cafe.ts';
import { openUpstreams } from '../support/start-replicas.ts';

// Processes take their time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const PNG = /\.png$/;
const DATED = /^generated\/v2\/\d{4}\/[^.]*\.png$/;

/** A service that has just paid for a picture which the store refuses. */
async function openPaid(env: Record<string, string> = {}) {
  const { s3, openai, keys, start } = await openUpstreams();
  const DATA_DIR = await mkdtemp(path.join(tmpdir(), 'cafe-paid-'));
  onTestFinished(() => rm(DATA_DIR, { recursive: true }));
  const common = { DATA_DIR, CLAIM_LEASE_MS: '1000', DAILY_GENERATION_BUDGET: '1' };
  const service = await start({ ...common, ...env });
  s3.fault({ operation: 'put', key: PNG }, { kind: 'status', status: 503 }, 1000);
  const cutOff = askFor(service.url, '/posts/a').catch(() => undefined);
  await expect
    .poll(() => s3.countOf({ operation: 'put', key: PNG }), { timeout: 30_000 })
    .not.toBe(0);
  const spooled = async () => {
    const files = await readdir(path.join(DATA_DIR, 'unstored'), { recursive: true }).catch(
      () => [],
    );
    return files.filter((file) => PNG.test(file)).length;
  };
  const expectPlacedByNext = async () => {
    await cutOff;
    s3.mend();
    const next = await start(common);
    expect(await askFor(next.url, '/posts/a')).toMatchObject({ status: 200, code: '' });
    expect([openai.journal.length, keys(DATED).length]).toEqual([1, 1]);
    await expect.poll(spooled).toBe(0);
  };
  return { service, spooled, expectPlacedByNext };
}

describe('P9: a picture that is paid for and not stored yet', () => {
  it('is in DATA_DIR while the store refuses it, and outlives SIGKILL', async () => {
    const { service, spooled, expectPlacedByNext } = await openPaid();
    await expect.poll(spooled, { timeout: 10_000 }).toBe(1);
    await service.stop('SIGKILL');
    await expectPlacedByNext();
  });

  it('is in DATA_DIR after a second SIGTERM', async () => {
    const { service, spooled, expectPlacedByNext } = await openPaid();
    service.signal('SIGTERM');
    await expect.poll(() => service.output()).toContain('shutting down');
    expect(await service.stop('SIGTERM')).toEqual({ code: 1, signal: null });
    expect(await spooled()).toBe(1);
    await expectPlacedByNext();
  });

  it('is in DATA_DIR when DRAIN_TIMEOUT_MS ends', async () => {
    const { service, spooled, expectPlacedByNext } = await openPaid({ DRAIN_TIMEOUT_MS: '100' });
    expect(await service.stop('SIGTERM')).toEqual({ code: 1, signal: null });
    expect(await spooled()).toBe(1);
    await expectPlacedByNext();
  });
});
