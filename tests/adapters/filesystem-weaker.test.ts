import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type FileSystemCalls,
  SYSTEM_CALLS,
} from '../../src/adapters/image-store/filesystem/calls.ts';
import { FilesystemImageStore } from '../../src/adapters/image-store/filesystem.ts';
import { FAT_CALLS, failing, failingFirst } from '../support/file-system-calls.ts';
import { failureOf } from '../support/open-s3-store.ts';

const TEXT = { contentType: 'text/plain' };
const ONE = Buffer.from('one');

async function openOn(calls: Partial<FileSystemCalls>) {
  const root = await mkdtemp(join(tmpdir(), 'cafe-weak-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const notice = vi.fn();
  const open = () =>
    new FilesystemImageStore({
      root,
      publicBaseUrl: 'https://x.example',
      notice,
      calls: { ...SYSTEM_CALLS, ...calls },
    });
  return { store: open(), open, notice };
}

describe('a file system without hard links', () => {
  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])(
    'lets one of many writers have a new key: %s',
    async (code) => {
      const { store, open } = await openOn({ link: failing(code) });
      const stores = [store, open(), open()];
      const puts = Array.from({ length: 12 }, (_, n) =>
        stores[n % 3]!.put('a.txt', Buffer.from(`${n}`), TEXT, { ifAbsent: true }),
      );
      const etags = (await Promise.all(puts)).filter((etag) => etag !== undefined);
      expect(etags).toEqual([(await store.head('a.txt'))?.etag]);
    },
    60_000,
  );
});

describe('a file system that cannot flush', () => {
  it('keeps objects all the same, and that is said once', async () => {
    const { store, notice } = await openOn(FAT_CALLS);
    for (const key of ['a/b.txt', 'a/c.txt']) await store.put(key, ONE, TEXT);
    await store.delete('a/c.txt');
    expect(await store.head('a/b.txt')).toBeDefined();
    expect(notice).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(/power failure/),
      expect.anything(),
    );
  });

  it('is one that fails where the disk does', async () => {
    const { store } = await openOn({ flush: failing('EIO') });
    const { cause } = await failureOf(store.put('a.txt', ONE, TEXT));
    expect(cause.message).toMatch(/EIO.*The disk or network drive fails/);
  });
});

describe('a network drive', () => {
  it('may refuse for a moment to replace a file that is read', async () => {
    const rename = failingFirst(3, 'EBUSY', SYSTEM_CALLS.rename);
    const { store } = await openOn({ rename });
    await store.put('a.txt', ONE, TEXT);
    expect(await store.head('a.txt')).toBeDefined();
  });

  it('may lose a file that was just found, which is then found again', async () => {
    let stale = 0;
    const { store } = await openOn({
      open: (path, flags, mode) => {
        if (stale === 0) return SYSTEM_CALLS.open(path, flags, mode);
        stale -= 1;
        return failing('ESTALE')();
      },
    });
    await store.put('a.txt', ONE, TEXT);
    stale = 2;
    expect((await store.get('a.txt'))?.bytes).toEqual(ONE);
    stale = 9;
    const { cause } = await failureOf(store.get('a.txt'));
    expect(cause.message).toMatch(/Mount it again/);
  });
});

describe('what the owner has to do', () => {
  it.each([
    ['EROFS', /read-only/],
    ['ENOSPC', /full/],
    ['EDQUOT', /quota/],
    ['EACCES', /user/],
    ['ENAMETOOLONG', /shorter names/],
    ['ESTALE', /Mount it again/],
  ])('is in the failure: %s', async (code, remedy) => {
    const { store } = await openOn({ open: failing(code) });
    const { cause } = await failureOf(store.put('a.txt', ONE, TEXT));
    expect(cause.message).toMatch(remedy);
  });
});
