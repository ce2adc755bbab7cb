import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askFor } from '../support/open-proxied-cafe.ts';
import { rawConnection } from '../support/raw-http.ts';
import { openUpstreams } from '../support/start-replicas.ts';

const PAGE_KEY = 'generated/v2/page-cache/article/posts/a-anywhere.png';
const DATED = /^generated\/v2\/\d{4}\/[^.]*\.png$/;

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-faults-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('K12: a replica that stands still while it paints a page', () => {
  it('has its page taken over, and changes nothing of it when it wakes', async () => {
    const { s3, openai, keys, start } = await openUpstreams();
    const [paused, other] = await Promise.all([
      start({ CLAIM_LEASE_MS: '1000' }),
      start({ CLAIM_LEASE_MS: '1000' }),
    ]);
    // The other one must not find the picture that is on its way.
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
    openai.answerNext(async ({ usual }) => {
      await woken;
      return usual();
    });
    const late = askFor(paused.url, '/posts/a');
    await expect.poll(() => openai.journal.length).toBe(1);
    paused.signal('SIGSTOP');
    const first = await askFor(other.url, '/posts/a');
    expect(first.status).toBe(200);
    const shown = s3.objects.get(PAGE_KEY);
    expect(shown?.metadata.source).toBe('generated');
    wake();
    paused.signal('SIGCONT');
    expect(await late).toEqual(first);
    expect(s3.objects.get(PAGE_KEY)).toBe(shown);
    const refused = s3.journal.filter(({ key, status }) => key === PAGE_KEY && status === 412);
    expect(refused).toHaveLength(1);
    // Both are paid for, and both are in the pool.
    expect([openai.journal.length, keys(DATED).length]).toEqual([2, 2]);
  }, 30_000);
});

describe('P2: a second SIGTERM', () => {
  it('ends the service at once, with 1', async () => {
    const { openai, start } = await openUpstreams();
    const service = await start();
    openai.latencyMs = 60_000;
    const cutOff = expect(askFor(service.url, '/posts/a')).rejects.toThrow();
    await expect.poll(() => openai.journal.length).toBe(1);
    service.signal('SIGTERM');
    await expect.poll(() => service.output()).toContain('the cafe is closing');
    expect(await service.stop('SIGTERM')).toEqual({ code: 1, signal: null });
    await cutOff;
  }, 30_000);
});

describe('K3: a picture that is paid for and cannot be stored', () => {
  it('is counted, spooled, and stored by the next process, which buys nothing', async () => {
    const { s3, openai, keys, start } = await openUpstreams();
    const DATA_DIR = await temporaryFolder();
    const env = { DATA_DIR, DAILY_GENERATION_BUDGET: '1', S3_WRITE_TIMEOUT_MS: '500' };
    const service = await start(env);
    s3.fault({ operation: 'put', key: DATED }, { kind: 'status', status: 500 }, 1000);
    expect((await askFor(service.url, '/posts/a')).code).toBe('storage_unavailable');
    expect((await readdir(path.join(DATA_DIR, 'unstored'), { recursive: true })).join()).toContain(
      '.png',
    );
    await service.stop('SIGKILL');
    s3.mend();
    const next = await start(env);
    expect(await askFor(next.url, '/posts/a')).toMatchObject({ status: 200 });
    expect(openai.journal).toHaveLength(1);
    expect(keys(DATED)).toHaveLength(1);
    expect(s3.objects.get(PAGE_KEY)?.metadata.source).toBe('generated');
  }, 60_000);
});

describe('P8: more connections than there may be', () => {
  it('are turned away, and the service goes on when they have left', async () => {
    const { start } = await openUpstreams();
    const service = await start();
    const limited = spawn('prlimit', ['--pid', String(service.pid), '--nofile=60:60']);
    expect(await once(limited, 'close')).toEqual([0, null]);
    const crowd = Array.from({ length: 200 }, () => rawConnection(service.url));
    await wait(500);
    for (const socket of crowd) socket.destroy();
    await expect
      .poll(() => askFor(service.url, '/posts/a').then(({ status }) => status, String))
      .toBe(200);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
  }, 30_000);
});
