import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTestCafe } from '../support/open-test-cafe.ts';
import { canMount, mountedDisk } from '../support/small-disk.ts';

describe.runIf(canMount())('D7: a disk that is full', () => {
  it('lets nothing be bought and known pages be served, and is used again when it has room', async () => {
    const disk = await mountedDisk('size=4m');
    const { openai, ask } = await openTestCafe({
      env: {
        IMAGE_STORE: 'filesystem',
        DATA_DIR: disk,
        PUBLIC_IMAGE_BASE_URL: 'https://cafe.example/images',
        PAGE_CACHE_TTL_SECONDS: '0',
        // A claim that could be written is not let go of where nothing more can be.
        CLAIM_LEASE_MS: '1000',
      },
    });
    expect((await ask('/posts/known')).status).toBe(200);
    const ballast = path.join(disk, 'ballast');
    await writeFile(ballast, new Uint8Array(4 * 2 ** 20)).catch((error: { code: string }) => {
      expect(error.code).toBe('ENOSPC');
    });
    const { status, body } = await ask('/posts/new');
    expect([status, body.error.code]).toEqual([503, 'storage_unavailable']);
    expect(openai.journal).toHaveLength(1);
    expect((await ask('/posts/known')).status).toBe(200);
    await rm(ballast);
    expect((await ask('/posts/new')).status).toBe(200);
    expect(openai.journal).toHaveLength(2);
  });
});
