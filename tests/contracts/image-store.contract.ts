import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CafeError } from '../../src/domain/kernel/errors.ts';
import type { ImageStore } from '../../src/domain/storage/image-store.ts';
import type { ObjectHead } from '../../src/domain/storage/object-store.ts';

/** A store under test; other tests may have left objects in it. */
export interface ImageStoreUnderTest {
  store: ImageStore;
  /** What the store was told to put in front of every key. */
  publicBaseUrl: string;
  /** A store of the same kind whose backend cannot answer; absent where no backend could fail. */
  broken?: ImageStore;
}

const PNG = { contentType: 'image/png' };
const LABELS = {
  contentType: 'image/png',
  cacheControl: 'public, max-age=31536000, immutable',
  metadata: {
    'cafe-source': 'generated',
    revision: '7c1e',
    note: 'a "quoted" value; with = & %41',
  },
};
/** Names that something on the way might take for more than text. */
const ODD_NAMES = [
  "plain~1 + & = % %41 @ ' ! ( ) * ; , $ # ? [x].png",
  'crème brûlée.png',
  'creme\u0301.png',
  '寿司 🍣.png',
  'a..b.png',
  'CAPITALS.PNG',
  `${'long'.repeat(63)}.ab`,
];

/** What every image store must do; see the ports. */
export function imageStoreContract(name: string, open: () => Promise<ImageStoreUnderTest>): void {
  /** Opens the store and makes up a folder that no other test uses. */
  async function opened() {
    return { ...(await open()), folder: randomUUID() };
  }

  describe(`${name} as an image store`, () => {
    describe('read', () => {
      it('gives back bytes, content type, cache control and metadata as they were put', async () => {
        const { store, folder } = await opened();
        const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 256);
        await store.put(`${folder}/a.png`, bytes, LABELS);
        const expected = { key: `${folder}/a.png`, size: 70_000, ...LABELS };
        const object = await store.get(`${folder}/a.png`);
        expect(object).toMatchObject(expected);
        expect(Buffer.compare(object!.bytes, bytes)).toBe(0);
        const head = await store.head(`${folder}/a.png`);
        expect(withoutLife(head)).toEqual({ ...expected, etag: object!.etag });
      });

      it('gives the bytes that were looked at in pieces, or fails, where it can', async () => {
        const { store, folder } = await opened();
        if (!store.pieces) return;
        const key = `${folder}/a.png`;
        const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 256);
        await store.put(key, bytes, LABELS);
        const head = (await store.head(key))!;
        const pieces = await Array.fromAsync(store.pieces(head));
        expect(Buffer.compare(Buffer.concat(pieces), bytes)).toBe(0);
        expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100_000);
        const reading = store.pieces(head)[Symbol.asyncIterator]();
        await reading.next();
        await store.put(
          key,
          bytes.map((byte) => byte ^ 1),
          LABELS,
        );
        await expect(reading.next()).rejects.toMatchObject({ code: 'storage_unavailable' });
        await expect(Array.fromAsync(store.pieces(head))).rejects.toMatchObject({
          code: 'storage_unavailable',
        });
        await store.delete(key);
        await expect(Array.fromAsync(store.pieces(head))).rejects.toMatchObject({
          code: 'storage_unavailable',
        });
      });

      it('knows no cache control and empty metadata where none were put', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/a.json`, text('{}'), { contentType: 'application/json' });
        const head = await store.head(`${folder}/a.json`);
        expect(withoutLife(head)).toEqual({
          key: `${folder}/a.json`,
          size: 2,
          etag: expect.any(String),
          contentType: 'application/json',
          metadata: {},
        });
      });

      it('keeps an object of no bytes', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/empty`, new Uint8Array(), PNG);
        expect(await store.head(`${folder}/empty`)).toMatchObject({ size: 0 });
        expect(await store.get(`${folder}/empty`)).toMatchObject({ size: 0, ...PNG });
        expect(await listed(store, `${folder}/`)).toEqual([{ key: `${folder}/empty`, size: 0 }]);
      });

      it('finds nothing under a missing key', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/below/a.png`, text('a'), PNG);
        for (const key of [`${folder}/b.png`, `${folder}/below`, `${folder}/below/a.png/b.png`]) {
          expect(await store.head(key)).toBeUndefined();
          expect(await store.get(key)).toBeUndefined();
        }
      });

      it('has a quoted etag that changes when the bytes do', async () => {
        const { store, folder } = await opened();
        const etags = new Set();
        for (const content of ['one', 'two', 'six']) {
          await store.put(`${folder}/a.png`, text(content), PNG);
          const head = await store.head(`${folder}/a.png`);
          expect(head!.etag).toMatch(/^"[^"]+"$/);
          etags.add(head!.etag);
        }
        expect(etags.size).toBe(3);
      });

      it('hands out bytes that can be changed without changing the object', async () => {
        const { store, folder } = await opened();
        const bytes = text('original');
        await store.put(`${folder}/a.png`, bytes, PNG);
        bytes.fill(0);
        (await store.get(`${folder}/a.png`))!.bytes.fill(0);
        expect(await contentOf(store, `${folder}/a.png`)).toBe('original');
      });
    });

    describe('put', () => {
      it('answers with the ETag, and replaces bytes and all labels', async () => {
        const { store, folder } = await opened();
        const old = await store.put(`${folder}/a.png`, text('old and longer'), LABELS);
        expect(old).toBe((await store.head(`${folder}/a.png`))!.etag);
        const labels = { contentType: 'image/webp', metadata: { other: 'x' } };
        const etag = await store.put(`${folder}/a.png`, text('new'), labels);
        const { bytes, ...head } = (await store.get(`${folder}/a.png`))!;
        expect(withoutLife(head)).toEqual({ key: `${folder}/a.png`, size: 3, etag, ...labels });
        expect(etag).not.toBe(old);
        expect(Buffer.from(bytes).toString()).toBe('new');
      });

      it('leaves an object that is there untouched when it may only be added', async () => {
        const { store, folder } = await opened();
        const key = `${folder}/a.png`;
        const etag = await store.put(key, text('first'), LABELS, { ifAbsent: true });
        const before = await store.head(key);
        expect(etag).toBe(before!.etag);
        expect(await store.put(key, text('second'), PNG, { ifAbsent: true })).toBeUndefined();
        expect(await store.head(key)).toEqual(before);
        expect(before).toMatchObject(LABELS);
        expect(await contentOf(store, key)).toBe('first');
      });

      it('adds again what has been deleted', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/a.png`, text('first'), PNG, { ifAbsent: true });
        await store.delete(`${folder}/a.png`);
        const answer = await store.put(`${folder}/a.png`, text('second'), PNG, { ifAbsent: true });
        expect(answer).toBe((await store.head(`${folder}/a.png`))!.etag);
        expect(await contentOf(store, `${folder}/a.png`)).toBe('second');
      });

      it('stores exactly one of eight that are added at once', async () => {
        const { store, folder } = await opened();
        const answers = await Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            store.put(`${folder}/claim`, text(`by ${index}`), PNG, { ifAbsent: true }),
          ),
        );
        const [winner, ...others] = [...answers.keys()].filter((at) => answers[at]);
        expect(others).toEqual([]);
        expect(await contentOf(store, `${folder}/claim`)).toBe(`by ${winner}`);
        expect((await store.head(`${folder}/claim`))!.etag).toBe(answers[winner!]);
      });

      it('replaces an object, with all labels, that has the ETag it is to have', async () => {
        const { store, folder } = await opened();
        const key = `${folder}/a.png`;
        let etag = await store.put(key, text('version 0'), LABELS);
        for (const version of ['version 1', 'version 2']) {
          etag = await store.put(key, text(version), PNG, { ifMatch: etag! });
          const { bytes, ...head } = (await store.get(key))!;
          expect(withoutLife(head)).toEqual({ key, size: 9, etag, ...PNG, metadata: {} });
          expect(Buffer.from(bytes).toString()).toBe(version);
          expect(await store.head(key)).toEqual(head);
        }
      });

      it('leaves an object untouched that has another ETag than it is to have', async () => {
        const { store, folder } = await opened();
        const key = `${folder}/a.png`;
        const stale = await store.put(key, text('first'), PNG);
        await store.put(key, text('second'), LABELS);
        const before = await store.head(key);
        for (const ifMatch of [stale!, '"no such"']) {
          expect(await store.put(key, text('third'), PNG, { ifMatch })).toBeUndefined();
        }
        expect(await store.head(key)).toEqual(before);
        expect(await contentOf(store, key)).toBe('second');
      });

      it('adds nothing where an object is to be replaced that is not there', async () => {
        const { store, folder } = await opened();
        const gone = await store.put(`${folder}/gone.png`, text('x'), PNG);
        await store.delete(`${folder}/gone.png`);
        for (const key of [`${folder}/gone.png`, `${folder}/never/was.png`]) {
          expect(await store.put(key, text('x'), PNG, { ifMatch: gone! })).toBeUndefined();
        }
        expect(await keysOf(store, `${folder}/`)).toEqual([]);
      });

      it('stores exactly one of eight that are to replace the same object at once', async () => {
        const { store, folder } = await opened();
        const key = `${folder}/claim`;
        let etag = await store.put(key, text('by nobody'), PNG);
        for (const round of [1, 2, 3]) {
          const condition = { ifMatch: etag! };
          const answers = await Promise.all(
            Array.from({ length: 8 }, (_, at) =>
              store.put(key, text(`by ${at} in ${round}`), PNG, condition),
            ),
          );
          const [winner, ...others] = [...answers.keys()].filter((at) => answers[at]);
          expect(others).toEqual([]);
          expect(await contentOf(store, key)).toBe(`by ${winner} in ${round}`);
          etag = (await store.head(key))!.etag;
          expect(etag).toBe(answers[winner!]);
        }
      });

      it('lets readers see whole objects only, old or new, with the labels that belong to them', async () => {
        const { store, folder } = await opened();
        const key = `${folder}/a.png`;
        const write = async (version: number) => {
          const labels = { ...PNG, metadata: { version: String(version) } };
          // Versions differ in length, so that neither can pass for the other.
          await store.put(key, new Uint8Array(20_000 + version * 1000).fill(version), labels);
        };
        await write(0);
        let isOver = false;
        const readers = Array.from({ length: 3 }, async () => {
          const seen = new Set<number>();
          while (!isOver) {
            const { bytes, metadata, size } = (await store.get(key))!;
            const version = bytes[0]!;
            expect(metadata).toEqual({ version: String(version) });
            expect([bytes.byteLength, size]).toEqual(Array(2).fill(20_000 + version * 1000));
            expect(bytes.every((byte) => byte === version)).toBe(true);
            seen.add(version);
          }
          return seen;
        });
        const writing = (async () => {
          for (let version = 1; version <= 40; version += 1) await write(version);
        })().finally(() => {
          isOver = true;
        });
        const [seen] = await Promise.all([Promise.all(readers), writing]);
        expect(Math.max(...seen.map((versions) => versions.size))).toBeGreaterThan(1);
      });
    });

    describe('copy', () => {
      it('copies the bytes under labels of their own and leaves the source as it was', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/from.png`, text('cake'), LABELS);
        const labels = { ...PNG, cacheControl: 'public, max-age=3600', metadata: { as: 'copy' } };
        expect(await store.copy(`${folder}/from.png`, `${folder}/to.png`, labels)).toBe('copied');
        const { bytes, etag: _, ...head } = (await store.get(`${folder}/to.png`))!;
        expect(withoutLife(head)).toEqual({ key: `${folder}/to.png`, size: 4, ...labels });
        expect(Buffer.from(bytes).toString()).toBe('cake');
        expect(await store.head(`${folder}/from.png`)).toMatchObject(LABELS);
      });

      it('S11: keeps no label of the source', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/from.png`, text('cake'), LABELS);
        await store.copy(`${folder}/from.png`, `${folder}/to.png`, { contentType: 'image/webp' });
        const head = await store.head(`${folder}/to.png`);
        expect(head).toMatchObject({ contentType: 'image/webp', metadata: {} });
        expect(head).not.toHaveProperty('cacheControl');
      });

      it('replaces what was there', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/from.png`, text('new'), PNG);
        await store.put(`${folder}/to.png`, text('old'), LABELS);
        expect(await store.copy(`${folder}/from.png`, `${folder}/to.png`, PNG)).toBe('copied');
        expect(await contentOf(store, `${folder}/to.png`)).toBe('new');
      });

      it('labels an object anew when it is copied to itself', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/a.png`, text('cake'), LABELS);
        const labels = { ...PNG, metadata: { revision: '2' } };
        expect(await store.copy(`${folder}/a.png`, `${folder}/a.png`, labels)).toBe('copied');
        expect((await store.head(`${folder}/a.png`))!.metadata).toEqual({ revision: '2' });
        expect(await contentOf(store, `${folder}/a.png`)).toBe('cake');
      });

      it('says so where the source is missing, and writes nothing', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/there.png`, text('old'), LABELS);
        expect(await store.copy(`${folder}/none.png`, `${folder}/to.png`, PNG)).toBe('missing');
        expect(await store.copy(`${folder}/none.png`, `${folder}/there.png`, PNG)).toBe('missing');
        expect(await store.head(`${folder}/to.png`)).toBeUndefined();
        expect(await contentOf(store, `${folder}/there.png`)).toBe('old');
      });

      it('that may only add copies to where nothing is', async () => {
        const { store, folder } = await opened();
        const [from, to] = [`${folder}/from.png`, `${folder}/to.png`];
        await store.put(from, text('cake'), LABELS);
        const labels = { ...PNG, cacheControl: 'public, max-age=3600', metadata: { as: 'copy' } };
        expect(await store.copy(from, to, labels, { ifAbsent: true })).toBe('copied');
        const { bytes, etag: _, ...head } = (await store.get(to))!;
        expect(withoutLife(head)).toEqual({ key: to, size: 4, ...labels });
        expect(Buffer.from(bytes).toString()).toBe('cake');
        expect(await store.head(from)).toMatchObject(LABELS);
      });

      it('that may only add leaves an object that is there untouched, be it the source', async () => {
        const { store, folder } = await opened();
        const [from, to] = [`${folder}/from.png`, `${folder}/to.png`];
        await store.put(from, text('new'), PNG);
        await store.put(to, text('old'), LABELS);
        const before = [await store.head(from), await store.head(to)];
        expect(await store.copy(from, to, PNG, { ifAbsent: true })).toBe('exists');
        expect(await store.copy(from, from, LABELS, { ifAbsent: true })).toBe('exists');
        expect([await store.head(from), await store.head(to)]).toEqual(before);
        expect(await contentOf(store, to)).toBe('old');
      });

      it('that may only add says so where the source is missing, and adds nothing', async () => {
        const { store, folder } = await opened();
        const copying = store.copy(`${folder}/no.png`, `${folder}/to.png`, PNG, { ifAbsent: true });
        expect(await copying).toBe('missing');
        expect(await keysOf(store, `${folder}/`)).toEqual([]);
      });

      it('adds exactly one of eight that are copied to one place at once', async () => {
        const { store, folder } = await opened();
        const sources = Array.from({ length: 8 }, (_, at) => `${folder}/from/${at}.png`);
        await Promise.all(sources.map((key) => store.put(key, text(key), PNG)));
        const to = `${folder}/to.png`;
        const answers = await Promise.all(
          sources.map((from) => store.copy(from, to, PNG, { ifAbsent: true })),
        );
        expect(answers.toSorted()).toEqual(['copied', ...Array(7).fill('exists')]);
        expect(await contentOf(store, to)).toBe(sources[answers.indexOf('copied')]);
      });
    });

    describe('delete', () => {
      it('removes the object from reads and listings', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/a.png`, text('a'), PNG);
        await store.put(`${folder}/b.png`, text('b'), PNG);
        await store.delete(`${folder}/a.png`);
        expect(await store.head(`${folder}/a.png`)).toBeUndefined();
        expect(await store.get(`${folder}/a.png`)).toBeUndefined();
        expect(await keysOf(store, `${folder}/`)).toEqual([`${folder}/b.png`]);
      });

      it('takes a missing key for done', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/a.png`, text('a'), PNG);
        await store.delete(`${folder}/a.png`);
        await store.delete(`${folder}/a.png`);
        await store.delete(`${folder}/never/was.png`);
      });
    });

    describe('deleteIfMatch', () => {
      it('removes the object with that ETag, and leaves any other', async () => {
        const { store, folder } = await opened();
        const key = `${folder}/a.png`;
        const before = (await store.put(key, text('before'), PNG)) ?? '';
        const etag = (await store.put(key, text('now'), PNG)) ?? '';
        const first = await store.deleteIfMatch(key, before);
        expect(await contentOf(store, key)).toBe('now');
        const second = await store.deleteIfMatch(key, etag);
        if (first === 'unsupported') {
          expect([second, await contentOf(store, key)]).toEqual(['unsupported', 'now']);
          return;
        }
        expect([first, second, await store.head(key)]).toEqual(['changed', 'deleted', undefined]);
        expect(await store.deleteIfMatch(key, etag)).toBe('changed');
      });

      it('loses to a put under the same condition, or that put loses to it', async () => {
        const { store, folder } = await opened();
        for (let n = 0; n < 8; n += 1) {
          const key = `${folder}/${n}.png`;
          const etag = (await store.put(key, text('before'), PNG)) ?? '';
          const [outcome, written] = await Promise.all([
            store.deleteIfMatch(key, etag),
            store.put(key, text('after'), PNG, { ifMatch: etag }),
          ]);
          if (outcome === 'deleted') expect(written).toBeUndefined();
          expect(await contentOf(store, key)).toBe(outcome === 'deleted' ? undefined : 'after');
        }
      });
    });

    describe('list', () => {
      it('lists every object under the prefix with its size, and no sibling of it', async () => {
        const { store, folder } = await opened();
        await Promise.all(
          ['a/b/1.png', 'a/b/c/2.png', 'a/bc/3.png', 'a/b.png', 'ab/4.png'].map((key) =>
            store.put(`${folder}/${key}`, text(key), LABELS),
          ),
        );
        expect(await listed(store, `${folder}/a/b/`)).toEqual([
          { key: `${folder}/a/b/1.png`, size: 9 },
          { key: `${folder}/a/b/c/2.png`, size: 11 },
        ]);
      });

      it('takes the prefix for plain text that may end inside a name', async () => {
        const { store, folder } = await opened();
        const names = ['a/b.png', 'a/b/1.png', 'a/bc/3.png', 'a/c.png', 'b/b.png'];
        await Promise.all(names.map((key) => store.put(`${folder}/${key}`, text('x'), PNG)));
        expect(await keysOf(store, `${folder}/a/b`)).toEqual([
          `${folder}/a/b.png`,
          `${folder}/a/b/1.png`,
          `${folder}/a/bc/3.png`,
        ]);
        expect(await keysOf(store, `${folder}/a/b.pn`)).toEqual([`${folder}/a/b.png`]);
        expect(await keysOf(store, folder.slice(0, -1))).toHaveLength(5);
        expect(await keysOf(store, '')).toEqual(
          expect.arrayContaining(names.map((key) => `${folder}/${key}`)),
        );
      });

      it('lists nothing under a prefix that no key begins with', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/a.png`, text('a'), PNG);
        const name = folder.toUpperCase();
        const prefixes = ['none', 'a.png/', '/', '../', '.', 'x/../', `../${folder}/`].map(
          (prefix) => `${folder}/${prefix}`,
        );
        for (const prefix of [...prefixes, `/${folder}`, `../${folder}`, `${name}/none`]) {
          expect(await keysOf(store, prefix)).toEqual([]);
        }
      });

      it('goes in byte order of the keys, whatever the folders', async () => {
        const { store, folder } = await opened();
        const inOrder = [
          'Z/z.png',
          'a b.png',
          'a-b.png',
          'a-b/x.png',
          'a.png',
          'a/-.png',
          'a/b.png',
          'a/b/c.png',
          'a0.png',
          'a~.png',
          'é.png',
          '～.png', // U+FF5E, in front of all that UTF-16 writes as surrogates
          '🍣.png',
        ].map((name) => `${folder}/${name}`);
        const shuffled = inOrder.toSorted((a, b) => a.length - b.length).toReversed();
        await Promise.all(shuffled.map((key) => store.put(key, text('x'), PNG)));
        expect(await keysOf(store, `${folder}/`)).toEqual(inOrder);
      });

      it('S13: goes on past 1,000 objects', async () => {
        const { store, folder } = await opened();
        const keys = Array.from({ length: 1_105 }, (_, index) => {
          const number = String(index).padStart(4, '0');
          return `${folder}/${number.slice(0, 2)}/${number}.png`;
        });
        const waiting = keys.values();
        const put = async () => {
          for (const key of waiting) await store.put(key, text(key), PNG);
        };
        await Promise.all(Array.from({ length: 24 }, put));
        const size = Buffer.byteLength(keys[0]!);
        expect(await listed(store, `${folder}/`)).toEqual(keys.map((key) => ({ key, size })));
      });

      it('begins behind any text, be it a key or not', async () => {
        const { store, folder } = await opened();
        const names = ['a-b.png', 'a.png', 'a/b.png', 'a/c/d.png', 'a/ç.png', 'b/a.png', 'c.png'];
        await Promise.all(names.map((name) => store.put(`${folder}/${name}`, text('x'), PNG)));
        const all = await keysOf(store, `${folder}/`);
        for (const mark of [...names, '', '!', 'a', 'a/', 'a/bz', 'a/c', 'a/c/', 'b', 'b~', '～']) {
          const after = `${folder}/${mark}`;
          const behind = all.filter(
            (key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0,
          );
          expect(await keysOf(store, `${folder}/`, { after }), mark).toEqual(behind);
        }
      });

      it('begins with the prefix where what it is to begin behind is in front of that', async () => {
        const { store, folder } = await opened();
        const keys = ['a/1.png', 'b/1.png', 'b/2.png'].map((name) => `${folder}/${name}`);
        await Promise.all(keys.map((key) => store.put(key, text('x'), PNG)));
        const listing = (after: string) => keysOf(store, `${folder}/b/`, { after });
        expect(await listing(`${folder}/a/1.png`)).toEqual(keys.slice(1));
        expect(await listing(`${folder}/b`)).toEqual(keys.slice(1));
        expect(await listing(`${folder}/c`)).toEqual([]);
      });

      it('goes on past 1,000 objects behind a key', async () => {
        const { store, folder } = await opened();
        const keys = Array.from({ length: 1_103 }, (_, index) => `${folder}/${10_000 + index}`);
        const waiting = keys.values();
        const put = async () => {
          for (const key of waiting) await store.put(key, text('x'), PNG);
        };
        await Promise.all(Array.from({ length: 24 }, put));
        expect(await keysOf(store, `${folder}/`, { after: keys[1]! })).toEqual(keys.slice(2));
      });

      it('may be left before its end', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/a.png`, text('a'), PNG);
        await store.put(`${folder}/b.png`, text('b'), PNG);
        for await (const { key } of store.list(`${folder}/`)) {
          expect(key).toBe(`${folder}/a.png`);
          break;
        }
      });

      it('puts up with objects that come and go meanwhile', async () => {
        const { store, folder } = await opened();
        await store.put(`${folder}/a/stays.png`, text('x'), PNG);
        await store.put(`${folder}/c/stays.png`, text('x'), PNG);
        const churn = Array.from({ length: 20 }, async (_, index) => {
          const key = `${folder}/b${index % 5}/${index}.png`;
          await store.put(key, text('x'), PNG);
          await store.delete(key);
        });
        for (let round = 0; round < 5; round += 1) {
          const keys = await keysOf(store, `${folder}/`);
          expect([keys[0], keys.at(-1)]).toEqual([
            `${folder}/a/stays.png`,
            `${folder}/c/stays.png`,
          ]);
        }
        await Promise.all(churn);
        expect(await keysOf(store, `${folder}/b`)).toEqual([]);
      });
    });

    describe('keys', () => {
      it('are kept letter by letter', async () => {
        const { store, folder } = await opened();
        const keys = ODD_NAMES.map((odd) => `${folder}/${odd}`);
        await Promise.all(keys.map((key) => store.put(key, text(key), PNG)));
        for (const key of keys) {
          expect(await contentOf(store, key)).toBe(key);
          expect(await keysOf(store, key)).toEqual([key]);
          const to = `${folder}/copies/of ${key.length}+~é.png`;
          expect(await store.copy(key, to, PNG)).toBe('copied');
          expect(await contentOf(store, to)).toBe(key);
        }
        expect(await keysOf(store, `${folder}/`)).toEqual(expect.arrayContaining(keys));
        await Promise.all(keys.map((key) => store.delete(key)));
        for (const key of keys) expect(await store.head(key)).toBeUndefined();
      });

      it('may have segments of 255 bytes and 1,024 bytes in all', async () => {
        const { store, folder } = await opened();
        const segment = `${'é'.repeat(127)}x`;
        const start = `${folder}/${segment}/${segment}/${segment}/`;
        const key = start + 'y'.repeat(1024 - Buffer.byteLength(start));
        await store.put(key, text('long'), PNG);
        expect(await contentOf(store, key)).toBe('long');
        expect(await keysOf(store, `${folder}/`)).toEqual([key]);
      });

      it.each([
        ['empty', ''],
        ['with an empty segment', 'a//b'],
        ['that begins with a slash', '/a'],
        ['that ends with a slash', 'a/'],
        ['with a parent segment', 'a/../b'],
        ['with a hidden segment', 'a/.b'],
        ['with a backslash', 'a\\b'],
        ['with a NUL', 'a\0b'],
        ['with a line feed', 'a\nb'],
        ['with half a surrogate pair', 'a\ud83c'],
        ['of 1,025 bytes', 'a/'.repeat(512).padEnd(1025, 'a')],
        ['with a segment of 256 bytes', 'é'.repeat(128)],
      ])('%s are a mistake of the program', async (_, key) => {
        const { store } = await opened();
        const calls = [
          () => store.head(key),
          () => store.get(key),
          () => store.put(key, text('x'), PNG),
          () => store.copy(key, 'a/b', PNG),
          () => store.copy('a/b', key, PNG),
          () => store.delete(key),
          () => store.deleteIfMatch(key, '"x"'),
          async () => store.urlFor(key),
        ];
        for (const call of calls) await expect(call()).rejects.toSatisfy(isPlainError);
      });
    });

    it.each([
      ['a metadata name in capitals', { ...PNG, metadata: { Source: 'x' } }],
      ['a metadata name with a blank', { ...PNG, metadata: { 'a b': 'x' } }],
      ['a metadata value beyond ASCII', { ...PNG, metadata: { dish: 'crème' } }],
      ['a metadata value of two lines', { ...PNG, metadata: { dish: 'a\r\nb' } }],
      ['a metadata value that ends with a blank', { ...PNG, metadata: { dish: 'a ' } }],
      [
        'more metadata than S3 takes',
        { ...PNG, metadata: { a: 'x'.repeat(1000), b: 'x'.repeat(1000) } },
      ],
      ['an empty content type', { contentType: '' }],
      ['a cache control of two lines', { ...PNG, cacheControl: 'a\nb' }],
    ])('takes %s for a mistake of the program', async (_, labels) => {
      const { store, folder } = await opened();
      await store.put(`${folder}/from`, text('x'), PNG);
      await expect(store.put(`${folder}/a`, text('x'), labels)).rejects.toSatisfy(isPlainError);
      const copying = store.copy(`${folder}/from`, `${folder}/a`, labels);
      await expect(copying).rejects.toSatisfy(isPlainError);
      expect(await store.head(`${folder}/a`)).toBeUndefined();
    });

    it('says where readers load a key from, encoded segment by segment, without a call', async () => {
      const { store, publicBaseUrl, broken } = await open();
      const urls = {
        'generated/v2/2026/11/21/a-france.png': 'generated/v2/2026/11/21/a-france.png',
        'posts/a~0123456789abcdef-japan.png': 'posts/a~0123456789abcdef-japan.png',
        'a b+c&d?e#f%41.png': 'a%20b%2Bc%26d%3Fe%23f%2541.png',
        'crème/寿司.png': 'cr%C3%A8me/%E5%AF%BF%E5%8F%B8.png',
      };
      for (const [key, path] of Object.entries(urls)) {
        expect(store.urlFor(key)).toBe(`${publicBaseUrl}/${path}`);
        expect(broken?.urlFor(key) ?? path).toMatch(path);
        expect(decodeURIComponent(new URL(store.urlFor(key)).pathname)).toMatch(key);
      }
    });

    it('fails as unavailable, with the cause, when its backend cannot answer', async () => {
      const { broken } = await open();
      if (!broken) return;
      const calls = {
        head: () => broken.head('a/b.png'),
        get: () => broken.get('a/b.png'),
        put: () => broken.put('a/b.png', text('x'), PNG),
        putIfAbsent: () => broken.put('a/b.png', text('x'), PNG, { ifAbsent: true }),
        putIfMatch: () => broken.put('a/b.png', text('x'), PNG, { ifMatch: '"x"' }),
        copy: () => broken.copy('a/b.png', 'a/c.png', PNG),
        copyIfAbsent: () => broken.copy('a/b.png', 'a/c.png', PNG, { ifAbsent: true }),
        delete: () => broken.delete('a/b.png'),
        deleteIfMatch: () => broken.deleteIfMatch('a/b.png', '"x"'),
        list: () => listed(broken, 'a/'),
      };
      const outcomes = await Promise.allSettled(Object.values(calls).map((call) => call()));
      for (const [index, outcome] of outcomes.entries()) {
        const { reason } = outcome as PromiseRejectedResult;
        expect(reason, Object.keys(calls)[index]).toBeInstanceOf(CafeError);
        expect(reason.code).toBe('storage_unavailable');
        expect(reason.cause).toBeInstanceOf(Error);
      }
    });
  });
}

/** What every store tells alike: only some tell how old an object is. */
function withoutLife(head: Partial<ObjectHead> | undefined) {
  const { life, ...rest } = head ?? {};
  return rest;
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

async function contentOf(store: ImageStore, key: string): Promise<string | undefined> {
  const object = await store.get(key);
  return object && Buffer.from(object.bytes).toString();
}

function listed(store: ImageStore, prefix: string, options?: { after?: string }) {
  return Array.fromAsync(store.list(prefix, options));
}

async function keysOf(
  store: ImageStore,
  prefix: string,
  options?: { after?: string },
): Promise<string[]> {
  return (await listed(store, prefix, options)).map(({ key }) => key);
}

function isPlainError(error: unknown): boolean {
  return error instanceof Error && !(error instanceof CafeError);
}
