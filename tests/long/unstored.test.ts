import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askFor } from '../support/open-proxied-cafe.ts';
import { openUpstreams } from '../support/start-replicas.ts';

const PAGE_KEY = 'generated/v2/page-cache/article/posts/a-anywhere.png';
const PNG = /^generated\/v2\/.*\.png$/;
const DATED = /^generated\/v2\/\d{4}\/[^.]*\.png$/;

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-unstored-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('K3, S4: a picture that is paid for and cannot be stored', () => {
  it('is counted, spooled, and stored by the next process, which buys nothing', async () => {
    const { s3, openai, keys, start } = await openUpstreams();
    const DATA_DIR = await temporaryFolder();
    const env = { DATA_DIR, DAILY_GENERATION_BUDGET: '1', S3_READ_TIMEOUT_MS: '60000' };
    const service = await start({ ...env, S3_WRITE_TIMEOUT_MS: '500' });
    // Neither in the pool nor on the page: either would be a picture to show.
    s3.fault({ operation: 'put', key: PNG }, { kind: 'status', status: 500 }, 1000);
    expect((await askFor(service.url, '/posts/a')).code).toBe('storage_unavailable');
    expect((await readdir(path.join(DATA_DIR, 'unstored'), { recursive: true })).join()).toContain(
      '.png',
    );
    await service.stop('SIGKILL');
    s3.mend();
    const next = await start(env);
    expect(await askFor(next.url, '/posts/a')).toMatchObject({ status: 200, code: '' });
    expect(openai.generations).toHaveLength(1);
    expect(keys(DATED)).toHaveLength(1);
    expect(s3.objects.get(PAGE_KEY)?.metadata.source).toBe('generated');
  }, 60_000);
});
