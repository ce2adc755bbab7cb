import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MemoryImageStore } from '../../../src/adapters/image-store/memory.ts';
import { ImageFiles } from '../../../src/domain/images/image-files.ts';
import { CafeError } from '../../../src/domain/kernel/errors.ts';
import { ImageKeys } from '../../../src/domain/storage/image-keys.ts';
import type { ObjectStore } from '../../../src/domain/storage/object-store.ts';
import {
  MoodyStore,
  openHolding,
  PUBLIC_BASE_URL as publicBaseUrl,
} from '../../support/open-picture-keeping.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Everything that lets pictures be held; `open` again is a process that starts later. */
function setting({ spool }: { spool?: ObjectStore | undefined } = {}) {
  const { openUnstored, ...holding } = openHolding();
  return { ...holding, open: () => openUnstored(spool) };
}

function picture(n = 1) {
  const key = `generated/v2/2026/11/21/00000000-0000-4000-8000-${String(n).padStart(12, '0')}.png`;
  const labels = {
    contentType: 'image/png',
    cacheControl: 'public, max-age=31536000, immutable',
    metadata: { source: 'generated', country: 'FR' },
  };
  return { key, bytes: Buffer.from(`picture ${n}`), labels };
}

const { key, bytes, labels } = picture();
const STORED = { key, bytes, ...labels };

async function keysIn(store: ObjectStore): Promise<string[]> {
  return (await Array.fromAsync(store.list(''))).map(({ key }) => key);
}

describe('a picture that the store did not take', () => {
  it('is stored when it is asked for, labels and all', async () => {
    const { store, pool, open } = setting();
    const held = open();
    await held.hold(picture());
    await held.store(picture().key);
    expect(await store.get(picture().key)).toMatchObject(STORED);
    expect(pool.size).toBe(1);
  });

  it('goes on being held where the store is still away', async () => {
    const { store, open } = setting();
    const held = open();
    await held.hold(picture());
    store.isAway = true;
    await expect(held.store(picture().key)).rejects.toThrow('down');
    store.isAway = false;
    await held.store(picture().key);
    expect(await keysIn(store)).toEqual([picture().key]);
  });

  it('is stored behind the readers once the store takes it', async () => {
    const { store, clock, open } = setting();
    store.isAway = true;
    await open().hold(picture());
    await clock.advance(MINUTE);
    store.isAway = false;
    await clock.advance(20 * SECOND);
    expect(await keysIn(store)).toEqual([picture().key]);
  });

  it('and that the owner has deleted from its page since is not put back', async () => {
    const { store, clock, open } = setting();
    store.isAway = true;
    await open().hold(picture());
    store.isAway = false;
    const keys = new ImageKeys('generated/v2');
    const parsed = keys.parse(key);
    if (parsed?.kind !== 'dated') throw new Error('not a key of the pool');
    await new ImageFiles({ store, keys, recordsPrefix: 'records' }).erase(parsed);
    await clock.advance(MINUTE);
    expect((await keysIn(store)).filter((each) => !each.startsWith('records/'))).toEqual([]);
  });

  it('stays in memory for as long as the store rejects it', async () => {
    const { store, clock, journal, open } = setting();
    store.isAway = true;
    await open().hold(picture());
    for (let hours = 0; hours < 2; hours += 1) await clock.advance(60 * MINUTE);
    store.isAway = false;
    await clock.advance(20 * SECOND);
    expect(await keysIn(store)).toEqual([picture().key]);
    expect(journal.events).toMatchObject([{ event: 'held_picture_stored' }]);
  });

  it('leaves room for others, until eight are in memory', async () => {
    const { store, open } = setting();
    store.isAway = true;
    const held = open();
    for (let n = 1; n <= 8; n += 1) {
      expect(held.isFull).toBe(false);
      await held.hold(picture(n));
    }
    expect(held.isFull).toBe(true);
    store.isAway = false;
    await held.store(picture(1).key);
    expect(held.isFull).toBe(false);
  });
});

describe('when the process ends, a picture that the store did not take', () => {
  it('is stored where the store takes it by then', async () => {
    const { store, journal, open } = setting();
    const held = open();
    await held.hold(picture());
    await held.close();
    expect(await keysIn(store)).toEqual([picture().key]);
    expect(journal.events).toMatchObject([{ event: 'held_picture_stored' }]);
  });

  it('is lost where it is only in memory, which is written down', async () => {
    const { store, journal, open } = setting();
    store.isAway = true;
    const held = open();
    await held.hold(picture());
    await held.close();
    expect(journal.events).toMatchObject([{ event: 'held_picture_lost' }]);
  });

  it('stays in the spool where there is one, and is not lost', async () => {
    const spool = new MemoryImageStore({ publicBaseUrl });
    const { store, journal, open } = setting({ spool });
    store.isAway = true;
    const held = open();
    await held.hold(picture());
    await held.close();
    expect(await keysIn(spool)).toEqual([picture().key]);
    expect(journal.events).toEqual([]);
  });
});

describe('a picture that the owner has moved while it was held', () => {
  it.each([
    ['hidden', 'generated/v2', 'records/hidden'],
    ['rejected', 'records/pending', 'records/hidden'],
    ['approved', 'records/pending', 'generated/v2'],
  ])('does not come back once it is %s', async (_, from, to) => {
    const { store, clock, pool, open } = setting();
    const at = (place: string) => picture().key.replace('generated/v2', place);
    store.isAway = true;
    await open().hold({ ...picture(), key: at(from) });
    store.isAway = false;
    await store.put(at(to), bytes, labels);
    await clock.advance(20 * SECOND);
    expect(await keysIn(store)).toEqual([at(to)]);
    expect(pool.size).toBe(0);
  });
});

describe('S18: a picture that the owner moves between the look for it and the write', () => {
  const at = (place: string) => key.replace('generated/v2', place);
  const moves: [string, string, string][] = [
    ['hidden', 'generated/v2', 'records/hidden'],
    ['deleted', 'generated/v2', 'records/erased'],
    ['rejected', 'records/pending', 'records/hidden'],
    ['approved', 'records/pending', 'generated/v2'],
  ];

  it.each(moves)('does not come back once it is %s', async (_, from, to) => {
    const { store, journal, pool, open } = setting();
    const held = open();
    await held.hold({ ...picture(), key: at(from) });
    const { isSent, letGo } = store.holdBack(at(from));
    const storing = held.store(at(from));
    await isSent;
    await store.put(at(to), bytes, labels);
    letGo();
    await storing;
    expect([await keysIn(store), pool.size, held.count]).toEqual([[at(to)], 0, 0]);
    expect(journal.events).toEqual([]);
  });

  it('does not come back either where the store is away just then', async () => {
    const { store, clock, open } = setting();
    const held = open();
    await held.hold(picture());
    const { isSent, letGo } = store.holdBack(key);
    const storing = held.store(key);
    await isSent;
    await store.put(at('records/erased'), Buffer.from(''), labels);
    store.isBlind = true;
    letGo();
    await expect(storing).rejects.toThrow('down');
    expect(await keysIn(store)).toContain(key);
    store.isBlind = false;
    await clock.advance(20 * SECOND);
    expect([await keysIn(store), held.count]).toEqual([[at('records/erased')], 0]);
  });
});

describe('a picture that waits for approval', () => {
  it('outlives the process in the spool, too, and gets into no pool', async () => {
    const spool = new MemoryImageStore({ publicBaseUrl });
    const { store, pool, open } = setting({ spool });
    const key = picture().key.replace('generated/v2', 'records/pending');
    store.isAway = true;
    const before = open();
    await before.hold({ ...picture(), key });
    await before.close();
    store.isAway = false;
    await open().resume();
    expect(await store.get(key)).toMatchObject({ ...STORED, key });
    expect([await keysIn(spool), pool.size]).toEqual([[], 0]);
  });
});

describe('with a spool, a picture that the store did not take', () => {
  it('outlives the process, and leaves the spool when it is stored', async () => {
    const spool = new MemoryImageStore({ publicBaseUrl });
    const { store, open } = setting({ spool });
    store.isAway = true;
    const before = open();
    await before.hold(picture());
    await before.close();
    store.isAway = false;
    await open().resume();
    expect(await store.get(picture().key)).toMatchObject(STORED);
    expect(await keysIn(spool)).toEqual([]);
  });

  it('is stored by the next process when its store takes it, not only at its start', async () => {
    const spool = new MemoryImageStore({ publicBaseUrl });
    await spool.put(picture().key, picture().bytes, picture().labels);
    const { store, clock, open } = setting({ spool });
    store.isAway = true;
    await open().resume();
    store.isAway = false;
    await clock.advance(20 * SECOND);
    expect(await keysIn(store)).toEqual([picture().key]);
  });

  it('is held in any number, and for hours', async () => {
    const spool = new MemoryImageStore({ publicBaseUrl });
    const { store, clock, journal, open } = setting({ spool });
    store.isAway = true;
    const held = open();
    for (let n = 1; n <= 12; n += 1) {
      await held.hold(picture(n));
      expect(held.isFull).toBe(false);
    }
    for (let hours = 0; hours < 2; hours += 1) await clock.advance(60 * MINUTE);
    store.isAway = false;
    await clock.advance(20 * SECOND);
    expect(await keysIn(store)).toHaveLength(12);
    expect(await keysIn(spool)).toEqual([]);
    expect(journal.events.map(({ event }) => event)).not.toContain('held_picture_lost');
  });

  it('is held in memory where the spool is broken, which is written down', async () => {
    const spool = new MoodyStore({ publicBaseUrl });
    spool.isAway = true;
    const { store, journal, open } = setting({ spool });
    const held = open();
    await held.hold(picture());
    expect(journal.events).toMatchObject([{ event: 'spool_failed' }]);
    await held.store(picture().key);
    expect(await keysIn(store)).toHaveLength(1);
  });

  it('is stored though the spool cannot be cleared, which is written down', async () => {
    const spool = new MemoryImageStore({ publicBaseUrl });
    spool.delete = () => Promise.reject(new CafeError('storage_unavailable', 'read-only'));
    const { store, journal, open } = setting({ spool });
    const held = open();
    await held.hold(picture());
    await held.store(picture().key);
    expect(await keysIn(store)).toEqual([picture().key]);
    expect(journal.events).toMatchObject([
      { event: 'held_picture_stored' },
      { event: 'spool_failed' },
    ]);
  });

  it('is told from other files that somebody put there', async () => {
    const spool = new MemoryImageStore({ publicBaseUrl });
    await spool.put('notes.txt', Buffer.from('x'), { contentType: 'text/plain' });
    const { store, open } = setting({ spool });
    await open().resume();
    expect(await keysIn(store)).toEqual([]);
  });

  it('that somebody took out of the spool is lost, and keeps nobody from starting', async () => {
    const spool = new MemoryImageStore({ publicBaseUrl });
    await spool.put(picture().key, picture().bytes, picture().labels);
    const { store, journal, clock, open } = setting({ spool });
    store.isAway = true;
    await open().resume();
    await spool.delete(picture().key);
    await clock.advance(20 * SECOND);
    await turn();
    expect(journal.events).toMatchObject([{ event: 'held_picture_lost' }]);
  });
});

describe('P9: a picture that was just paid for', () => {
  it('is in the spool at once, and no longer once it is stored', async () => {
    const spool = new MemoryImageStore({ publicBaseUrl });
    const held = setting({ spool }).open();
    void held.take(picture());
    await held.saveAll();
    expect(await keysIn(spool)).toEqual([picture().key]);
    held.stored(picture().key);
    await held.saveAll();
    expect(await keysIn(spool)).toEqual([]);
  });

  it('is tried once more for the spool before the process ends', async () => {
    const spool = new MoodyStore({ publicBaseUrl });
    spool.isAway = true;
    const { journal, open } = setting({ spool });
    const held = open();
    void held.take(picture());
    await turn();
    spool.isAway = false;
    await held.saveAll();
    expect(await keysIn(spool)).toEqual([picture().key]);
    expect(journal.events.map(({ event }) => event)).toEqual(['spool_failed']);
  });

  it('is told to be lost where it is nowhere else when the process ends', async () => {
    const { journal, open } = setting();
    const held = open();
    void held.take(picture());
    await held.saveAll();
    expect(journal.events).toMatchObject([{ event: 'held_picture_lost', key: picture().key }]);
  });

  it('is found in the spool by who looks for it before the spool is read', async () => {
    const spool = new MemoryImageStore({ publicBaseUrl });
    await spool.put(picture().key, picture().bytes, picture().labels);
    const { store, open } = setting({ spool });
    await open().store(picture().key);
    expect(await store.get(picture().key)).toMatchObject(STORED);
    expect(await keysIn(spool)).toEqual([]);
  });

  it('replaces nothing where the store has it already, with more labels', async () => {
    const spool = new MemoryImageStore({ publicBaseUrl });
    await spool.put(picture().key, picture().bytes, picture().labels);
    const { store, open } = setting({ spool });
    const more = { ...labels, metadata: { ...labels.metadata, widths: '480' } };
    await store.put(picture().key, picture().bytes, more);
    await open().resume();
    expect((await store.head(picture().key))?.metadata.widths).toBe('480');
    expect(await keysIn(spool)).toEqual([]);
  });
});
