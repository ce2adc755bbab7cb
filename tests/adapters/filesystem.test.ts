import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FilesystemImageStore } from '../../src/adapters/image-store/filesystem.ts';
import { canMount, mountedDisk } from '../support/small-disk.ts';

const PNG = { contentType: 'image/png' };
const LABELS = { ...PNG, cacheControl: 'public, max-age=60', metadata: { revision: '7' } };

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cafe-files-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

function storeAt(root: string): FilesystemImageStore {
  return new FilesystemImageStore({ root, publicBaseUrl: 'http://localhost:8080/images' });
}

async function opened() {
  const root = await temporaryFolder();
  return { root, store: storeAt(root) };
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

async function contentOf(store: FilesystemImageStore, key: string): Promise<string | undefined> {
  const object = await store.get(key);
  return object && Buffer.from(object.bytes).toString();
}

function listed(store: FilesystemImageStore, prefix = '') {
  return Array.fromAsync(store.list(prefix));
}

async function unavailable(call: Promise<unknown>, ...codes: string[]): Promise<void> {
  const code = expect.toSatisfy((given: string) => codes.includes(given));
  const expected = { code: 'storage_unavailable', cause: { code } };
  await expect(call).rejects.toMatchObject(expected);
}

describe('the files of a FilesystemImageStore', () => {
  it('are found under their keys', async () => {
    const { root, store } = await opened();
    await store.put('generated/v2/2026/11/21/a.png', text('cake'), PNG);
    expect(existsSync(join(root, 'generated/v2/2026/11/21/a.png'))).toBe(true);
  });

  it('begin with the bytes of the object, so that a picture opens in any program', async () => {
    const { root, store } = await opened();
    const background = { r: 200, g: 100, b: 50 };
    const picture = sharp({ create: { width: 40, height: 30, channels: 3, background } });
    const bytes = await picture.png().toBuffer();
    await store.put('a.png', bytes, LABELS);
    const file = await readFile(join(root, 'a.png'));
    expect(file.subarray(0, bytes.byteLength)).toEqual(bytes);
    const decoded = await sharp(join(root, 'a.png'), { failOn: 'warning' }).raw().toBuffer();
    expect(decoded).toEqual(await sharp(bytes).raw().toBuffer());
  });

  it('carry their labels with them when they are copied to another folder', async () => {
    const { root, store } = await opened();
    const elsewhere = await opened();
    await store.put('a.png', text('cake'), LABELS);
    await copyFile(join(root, 'a.png'), join(elsewhere.root, 'b.png'));
    expect(await elsewhere.store.get('b.png')).toMatchObject({ size: 4, ...LABELS });
    expect(await contentOf(elsewhere.store, 'b.png')).toBe('cake');
  });

  it('may hold bytes that look like those of such a file', async () => {
    const { root, store } = await opened();
    await store.put('a.png', text('cake'), LABELS);
    const file = await readFile(join(root, 'a.png'));
    for (const bytes of [file, file.subarray(4), file.subarray(-30)]) {
      await store.put('b.png', bytes, PNG);
      const object = await store.get('b.png');
      expect(Buffer.compare(object!.bytes, bytes)).toBe(0);
      expect(object!.metadata).toEqual({});
    }
  });

  it('are made with the first object, not before', async () => {
    const folder = await temporaryFolder();
    const store = storeAt(join(folder, 'data', 'images'));
    expect(await store.head('a.png')).toBeUndefined();
    expect(await listed(store)).toEqual([]);
    await store.delete('a.png');
    expect(await readdir(folder)).toEqual([]);
    await store.put('a.png', text('cake'), PNG);
    expect(await contentOf(store, 'a.png')).toBe('cake');
  });

  it('are made again after the whole folder was removed', async () => {
    const { root, store } = await opened();
    await store.put('a/b.png', text('old'), PNG);
    await Promise.all(
      (await readdir(root)).map((name) => rm(join(root, name), { recursive: true })),
    );
    expect(await listed(store)).toEqual([]);
    await store.put('a/b.png', text('new'), PNG);
    expect(await contentOf(store, 'a/b.png')).toBe('new');
  });

  it('are shared by several stores, of which one adds an object', async () => {
    const { root } = await opened();
    const stores = Array.from({ length: 8 }, () => storeAt(root));
    const answers = await Promise.all(
      stores.map((store, at) => store.put('claim', text(`${at}`), PNG, { ifAbsent: true })),
    );
    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1);
    const winner = answers.findIndex((answer) => answer !== undefined);
    expect(await contentOf(stores[0]!, 'claim')).toBe(`${winner}`);
  });

  it('are shared by several stores, of which one replaces an object', async () => {
    const { root, store } = await opened();
    const ifMatch = (await store.put('claim', text('by nobody'), PNG))!;
    const stores = Array.from({ length: 8 }, () => storeAt(root));
    const answers = await Promise.all(
      stores.map((each, at) => each.put('claim', text(`${at}`), PNG, { ifMatch })),
    );
    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1);
    const winner = answers.findIndex((answer) => answer !== undefined);
    expect(await contentOf(store, 'claim')).toBe(`${winner}`);
  });
});

describe('a file that was put there by hand', () => {
  it.each([
    ['a.png', 'image/png'],
    ['A.PNG', 'image/png'],
    ['a.jpg', 'image/jpeg'],
    ['a.webp', 'image/webp'],
    ['a.avif', 'image/avif'],
    ['a.json', 'application/json'],
    ['a.tar.gz', 'application/octet-stream'],
    ['a', 'application/octet-stream'],
  ])('%s is an object of type %s', async (name, contentType) => {
    const { root, store } = await opened();
    await mkdir(join(root, 'by/hand'), { recursive: true });
    await writeFile(join(root, 'by/hand', name), 'some cake');
    const key = `by/hand/${name}`;
    const head = { key, size: 9, contentType, metadata: {}, etag: expect.stringMatching(/^".+"$/) };
    expect(await store.head(key)).toEqual(head);
    expect(await store.get(key)).toMatchObject(head);
    expect(await contentOf(store, key)).toBe('some cake');
    expect(await listed(store, 'by/')).toEqual([{ key, size: 9 }]);
  });

  it('changes its etag when its bytes change', async () => {
    const { root, store } = await opened();
    const etags = new Set();
    for (const content of ['one', 'two', 'one']) {
      await writeFile(join(root, 'a.png'), content);
      etags.add((await store.head('a.png'))!.etag);
      etags.add((await store.get('a.png'))!.etag);
    }
    expect(etags.size).toBe(2);
  });

  it('can be copied, replaced and deleted, and is there when another is added', async () => {
    const { root, store } = await opened();
    await writeFile(join(root, 'a.png'), 'cake');
    expect(await store.copy('a.png', 'b.png', LABELS)).toBe('copied');
    expect(await store.get('b.png')).toMatchObject({ size: 4, ...LABELS });
    expect(await store.put('a.png', text('new'), PNG, { ifAbsent: true })).toBeUndefined();
    const { etag } = (await store.head('a.png'))!;
    await store.put('a.png', text('new'), LABELS, { ifMatch: etag });
    expect(await store.head('a.png')).toMatchObject({ size: 3, ...LABELS });
    await store.delete('a.png');
    expect(await store.head('a.png')).toBeUndefined();
  });

  it('is taken as it is when it only seems to end with labels', async () => {
    const { root, store } = await opened();
    await store.put('a.png', text('cake'), LABELS);
    const path = join(root, 'a.png');
    const file = await readFile(path);
    const damaged = [
      file.subarray(1),
      file.subarray(0, -1),
      Buffer.concat([file.subarray(0, 6), Buffer.from('!'), file.subarray(7)]),
      file.subarray(-24),
      Buffer.concat([Buffer.from('ffffffff'), file.subarray(-16)]),
    ];
    for (const content of damaged) {
      await writeFile(path, content);
      expect(await store.head('a.png')).toMatchObject({ size: content.byteLength, ...PNG });
      expect(Buffer.compare((await store.get('a.png'))!.bytes, content)).toBe(0);
      expect(await listed(store)).toEqual([{ key: 'a.png', size: content.byteLength }]);
    }
  });
});

describe('a listing of a FilesystemImageStore', () => {
  it('leaves out whatever is no object', async () => {
    const { root, store } = await opened();
    await store.put('a/b.png', text('cake'), PNG);
    await mkdir(join(root, 'a/empty/folders'), { recursive: true });
    await mkdir(join(root, '.git'));
    await writeFile(join(root, '.git/config'), 'x');
    await writeFile(join(root, 'a/.DS_Store'), 'x');
    await writeFile(join(root, 'a/back\\slash.png'), 'x');
    if (process.platform === 'linux') {
      const noText = Buffer.concat([Buffer.from(`${root}/a/`), Buffer.from([0xff, 0xfe])]);
      await writeFile(noText, 'x');
    }
    await symlink(join(root, 'a'), join(root, 'again'));
    await symlink(join(root, 'a/b.png'), join(root, 'a/link.png'));
    await symlink('/etc/passwd', join(root, 'passwd'));
    expect(await listed(store)).toEqual([{ key: 'a/b.png', size: 4 }]);
    expect(await listed(store, '.')).toEqual([]);
    expect(await store.get('passwd')).toBeUndefined();
    expect(await store.head('a/link.png')).toBeUndefined();
    expect(await store.head('a/empty')).toBeUndefined();
  });

  it('D8: are not reached, listed, written or deleted through a folder that is a link', async () => {
    const { root, store } = await opened();
    const outside = await temporaryFolder();
    await writeFile(join(outside, 'b.png'), 'theirs');
    await symlink(outside, join(root, 'a'));
    expect(await store.head('a/b.png')).toBeUndefined();
    expect(await store.get('a/b.png')).toBeUndefined();
    expect([await listed(store), await listed(store, 'a/')]).toEqual([[], []]);
    await expect(store.put('a/c/d.png', text('ours'), PNG)).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    await store.delete('a/b.png');
    expect(await readdir(outside)).toEqual(['b.png']);
  });

  it('D8: and their folders are the own user’s alone', async () => {
    const { root, store } = await opened();
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    await store.put('a/b/c.png', text('one'), PNG);
    const modes = await Promise.all(
      ['a', 'a/b', 'a/b/c.png', '.tmp'].map(async (name) => (await stat(join(root, name))).mode),
    );
    expect(modes.map((mode) => (mode & 0o777).toString(8))).toEqual(['700', '700', '600', '700']);
  });
});

describe('the temporary files of a FilesystemImageStore', () => {
  const tempOf = async (root: string) => readdir(join(root, '.tmp'));

  it('are gone when a call is over, whatever came of it', async () => {
    const { root, store } = await opened();
    await store.put('a.png', text('one'), PNG);
    await store.put('a.png', text('two'), PNG);
    await store.put('b.png', text('three'), PNG, { ifAbsent: true });
    await store.put('b.png', text('four'), PNG, { ifAbsent: true });
    await store.copy('a.png', 'c.png', PNG);
    await store.copy('a.png', 'c.png', PNG, { ifAbsent: true });
    const { etag } = (await store.head('a.png'))!;
    await store.put('a.png', text('three'), PNG, { ifMatch: etag });
    await store.put('a.png', text('four'), PNG, { ifMatch: etag });
    await store.put('c.png/d.png', text('five'), PNG).catch(() => undefined);
    expect(await tempOf(root)).toEqual([]);
  });

  it('of processes that are gone are swept with the first write, and no younger ones', async () => {
    const { root, store } = await opened();
    await mkdir(join(root, '.tmp/folder'), { recursive: true });
    const hoursAgo = (hours: number) => Date.now() / 1000 - hours * 3600;
    for (const [name, hours] of Object.entries({ left: 2, older: 48, busy: 0.5, fresh: 0 })) {
      await writeFile(join(root, '.tmp', name), 'half a ca');
      await utimes(join(root, '.tmp', name), hoursAgo(hours), hoursAgo(hours));
    }
    await store.put('a.png', text('cake'), PNG);
    expect((await tempOf(root)).toSorted()).toEqual(['busy', 'folder', 'fresh']);
  });
});

describe('a FilesystemImageStore that cannot write', () => {
  it('says so where a key needs a folder in the place of an object, and keeps the object', async () => {
    const { store } = await opened();
    await store.put('a', text('object'), PNG);
    await unavailable(store.put('a/b', text('x'), PNG), 'ENOTDIR', 'EEXIST');
    await unavailable(store.put('a/b', text('x'), PNG, { ifAbsent: true }), 'ENOTDIR', 'EEXIST');
    expect(await store.head('a/b')).toBeUndefined();
    await store.delete('a/b');
    expect(await contentOf(store, 'a')).toBe('object');
  });

  it('says so where a key needs an object in the place of a folder, and keeps the folder', async () => {
    const { store } = await opened();
    await store.put('a/b', text('object'), PNG);
    await unavailable(store.put('a', text('x'), PNG), 'EISDIR', 'ENOTEMPTY', 'EEXIST');
    await unavailable(store.put('a', text('x'), PNG, { ifAbsent: true }), 'EEXIST');
    await store.delete('a');
    expect(await contentOf(store, 'a/b')).toBe('object');
  });

  // Whoever may mount may also write everywhere, so it is one test or the other.
  if (canMount()) {
    it('D7: says so when the disk is full, keeps what it has and recovers', async () => {
      const root = await mountedDisk('size=200k');
      const store = storeAt(root);
      await store.put('a.png', text('old'), LABELS);
      await unavailable(store.put('a.png', new Uint8Array(300_000), PNG), 'ENOSPC');
      await unavailable(store.put('b.png', new Uint8Array(300_000), PNG), 'ENOSPC');
      expect(await contentOf(store, 'a.png')).toBe('old');
      expect(await listed(store)).toEqual([{ key: 'a.png', size: 3 }]);
      await store.put('a.png', text('new'), PNG);
      expect(await contentOf(store, 'a.png')).toBe('new');
    });

    it('D7: says so when the disk may only be read, and still reads', async () => {
      const root = await mountedDisk('size=200k');
      const store = storeAt(root);
      await store.put('a.png', text('old'), LABELS);
      execFileSync('mount', ['-o', 'remount,ro', root]);
      await unavailable(store.put('a.png', text('new'), PNG), 'EROFS');
      await unavailable(store.put('b.png', text('new'), PNG, { ifAbsent: true }), 'EROFS');
      await unavailable(store.delete('a.png'), 'EROFS');
      await unavailable(store.copy('a.png', 'b.png', PNG), 'EROFS');
      expect(await contentOf(store, 'a.png')).toBe('old');
    });
  } else {
    it('D7: says so when it may not write, and still reads', async () => {
      const { root, store } = await opened();
      await store.put('a/b.png', text('old'), LABELS);
      await chmod(join(root, 'a'), 0o500);
      onTestFinished(() => chmod(join(root, 'a'), 0o700));
      await unavailable(store.put('a/b.png', text('new'), PNG), 'EACCES');
      await unavailable(store.delete('a/b.png'), 'EACCES');
      expect(await contentOf(store, 'a/b.png')).toBe('old');
    });
  }

  it('says so when it may not read either', async () => {
    const { root } = await opened();
    await writeFile(join(root, 'file'), 'x');
    const store = storeAt(join(root, 'file', 'below'));
    await unavailable(store.head('a.png'), 'ENOTDIR');
    await unavailable(listed(store), 'ENOTDIR');
  });
});
