import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clock/manual.ts';
import { MemoryImageStore } from '../../../../src/adapters/image-store/memory.ts';
import { MemoryJournal } from '../../../../src/adapters/journal/memory.ts';
import { ImagePool } from '../../../../src/domain/cafe/pool/image-pool.ts';
import { type CountryCode, countryByCode } from '../../../../src/domain/countries/country.ts';
import type { Day } from '../../../../src/domain/kernel/day.ts';
import { CafeError } from '../../../../src/domain/kernel/errors.ts';
import { ImageKeys } from '../../../../src/domain/storage/image-keys.ts';
import type { ListedObject, ListOptions } from '../../../../src/domain/storage/object-store.ts';

const MINUTE = 60_000;

/** Counts its listings, can fail after a number of rows, and can be held up at each row. */
class WatchedStore extends MemoryImageStore {
  readonly listings: { prefix: string; after: string | undefined; rows: number }[] = [];
  failsAfter = Number.POSITIVE_INFINITY;
  gate: Promise<void> | undefined;

  override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject> {
    const listing = { prefix, after: options.after, rows: 0 };
    this.listings.push(listing);
    for await (const row of super.list(prefix, options)) {
      await this.gate;
      if (listing.rows >= this.failsAfter) throw new CafeError('storage_unavailable', 'down');
      listing.rows += 1;
      yield row;
    }
  }
}

function openPool() {
  const store = new WatchedStore({ publicBaseUrl: 'https://pictures.example' });
  const keys = new ImageKeys('generated/v2');
  const clock = new ManualClock(Date.UTC(2026, 10, 21, 12));
  const journal = new MemoryJournal();
  const pool = new ImagePool({ store, keys, clock, journal });
  let count = 0;
  /** Puts a picture there behind the pool's back. */
  const put = async (day: string, code?: CountryCode) => {
    count += 1;
    const id = `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
    const key = keys.dated({ day: day as Day, id, country: countryByCode(code) });
    await store.put(key, Buffer.from('picture'), { contentType: 'image/png' });
    return key;
  };
  const choose = async (code?: CountryCode) => (await pool.choose(countryByCode(code)))?.key;
  return { store, clock, journal, pool, put, choose };
}

/** Lets no listing go on until what it answers is called. */
function hold(store: WatchedStore): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  store.gate = promise;
  return resolve;
}

describe('a pool that is known', () => {
  it('P7: is chosen from without any listing', async () => {
    const { store, pool, put, choose } = openPool();
    const french = await put('2025/01/01', 'FR');
    await put('2026/11/21', 'JP');
    await pool.refresh();
    expect(store.listings).toHaveLength(1);
    for (let n = 0; n < 20; n += 1) expect(await choose('FR')).toBe(french);
    expect(store.listings).toHaveLength(1);
  });

  it('was listed without the pages, of which there may be any number', async () => {
    const { store, pool, put } = openPool();
    await put('2026/11/21');
    const page = 'generated/v2/page-cache/article/a-france.png';
    await store.put(page, Buffer.from('x'), { contentType: 'image/png' });
    await pool.refresh();
    expect([store.listings[0]?.rows, pool.size]).toEqual([1, 1]);
  });

  it('takes in at once what is added, and once only', async () => {
    const { pool, put, choose } = openPool();
    await pool.refresh();
    const key = await put('2026/11/21', 'FR');
    pool.add(key);
    pool.add(key);
    expect([await choose('FR'), pool.size]).toEqual([key, 1]);
  });

  it('S13: has no empty objects, and nothing but pictures of the cafe', async () => {
    const { store, pool } = openPool();
    const folder = 'generated/v2/2026/01/01';
    const id = '00000000-0000-4000-8000-000000000001';
    const made = ['480.webp', '768.webp', '1024.webp', 'card.jpg'].map((form) => `${id}.${form}`);
    const names = ['readme.txt', 'logo.png', `${id}-atlantis.png`, ...made];
    for (const name of names) {
      await store.put(`${folder}/${name}`, Buffer.from('x'), { contentType: 'image/png' });
    }
    const empty = `${folder}/00000000-0000-4000-8000-000000000001.png`;
    await store.put(empty, new Uint8Array(), { contentType: 'image/png' });
    await pool.refresh();
    expect([pool.size, await pool.choose(undefined)]).toEqual([0, undefined]);
    expect(await pool.look(undefined)).toBeUndefined();
  });

  it('recalls without any call what it knows, and mostly the same for the same text', async () => {
    const { store, pool, put } = openPool();
    await put('2026/11/21', 'FR');
    expect(pool.recall(undefined, 'a')).toBeUndefined();
    await pool.refresh();
    const japanese = await put('2026/11/21', 'JP');
    pool.add(japanese);
    expect(pool.recall(countryByCode('JP'), 'a')?.key).toBe(japanese);
    expect(pool.recall(undefined, 'a')).toEqual(pool.recall(undefined, 'a'));
    expect(store.listings).toHaveLength(1);
  });

  it('learns of what others add within a minute of use, from the last known day on', async () => {
    const { store, clock, pool, put, choose } = openPool();
    await put('2026/11/20', 'JP');
    await pool.refresh();
    await put('2026/11/20', 'FR');
    const french = await put('2026/11/21', 'FR');
    await clock.advance(MINUTE);
    expect(await choose('FR')).not.toBe(french);
    await pool.refresh();
    expect(await choose('FR')).toBe(french);
    expect(store.listings.slice(1)).toMatchObject([{ after: 'generated/v2/2026/11/21/', rows: 1 }]);
  });

  it('misses nothing that was added over midnight', async () => {
    const { clock, pool, put } = openPool();
    await pool.refresh();
    await clock.advance(11 * 60 * MINUTE);
    await put('2026/11/21');
    await clock.advance(2 * 60 * MINUTE);
    await put('2026/11/22');
    await pool.refresh();
    expect(pool.size).toBe(2);
  });

  it('makes no call while nobody asks', async () => {
    const { store, clock, pool } = openPool();
    await pool.refresh();
    await clock.advance(60 * MINUTE);
    expect([store.listings.length, clock.sleepers]).toEqual([1, 0]);
  });

  it('falls back on listing everything only when it holds nothing, and keeps what it finds', async () => {
    const { store, pool, put, choose } = openPool();
    await pool.refresh();
    const old = [await put('2025/01/01', 'FR'), await put('2025/01/02', 'JP')];
    expect([await choose('FR'), await choose('JP')]).toEqual(old);
    expect(store.listings.slice(1)).toMatchObject([{ prefix: 'generated/v2/' }]);
    for (const key of old) {
      pool.drop(key);
      await store.delete(key);
    }
    expect(await choose()).toBeUndefined();
  });
});

describe('a pool that is being listed', () => {
  it('P7: is sampled with one listing of one page that begins anywhere, and makes nobody wait', async () => {
    const { store, pool, put, choose } = openPool();
    const days = Array.from({ length: 60 }, (_, n) => `2026/${n < 30 ? '10' : '11'}/${n % 30}`);
    for (const day of days)
      for (let n = 0; n < 40; n += 1) await put(day.replace(/\/(.)$/, '/0$1'));
    store.failsAfter = 0;
    await pool.refresh();
    store.failsAfter = Number.POSITIVE_INFINITY;
    const chosen = new Set<string | undefined>();
    for (let n = 0; n < 200; n += 1) chosen.add(await choose());
    const sampled = store.listings.slice(1);
    expect(sampled).toHaveLength(200);
    for (const { prefix, rows } of sampled) {
      expect(prefix).toBe('generated/v2/2');
      expect(rows).toBeLessThanOrEqual(1000);
    }
    expect(chosen.size).toBeGreaterThan(100);
  });

  it('gives a picture of the country where one is on that page', async () => {
    const { store, pool, put, choose } = openPool();
    for (let n = 0; n < 100; n += 1) await put('2026/12/01', n === 50 ? 'FR' : 'JP');
    store.failsAfter = 0;
    await pool.refresh();
    store.failsAfter = Number.POSITIVE_INFINITY;
    for (let n = 0; n < 10; n += 1) expect(await choose('FR')).toMatch(/-france\.png$/);
    expect(store.listings).toHaveLength(11);
  });

  it('is waited for, if that does not take long', async () => {
    const { store, pool, put, choose } = openPool();
    const old = await put('2026/11/01', 'FR');
    for (let n = 0; n < 10; n += 1) await put('2026/11/21', 'JP');
    const open = hold(store);
    const listing = pool.refresh();
    const known = pool.waitUntilKnown();
    open();
    await Promise.all([known, listing]);
    expect(await choose('FR')).toBe(old);
    expect(store.listings).toHaveLength(1);
  });

  it('gives what is known of the country once it takes too long', async () => {
    const { store, clock, pool, put, choose } = openPool();
    for (let n = 0; n < 10; n += 1) await put('2026/11/21', 'JP');
    hold(store);
    const french = await put('2026/11/20', 'FR');
    pool.add(french);
    const known = pool.waitUntilKnown();
    await clock.advance(1000);
    await known;
    expect(await choose('FR')).toBe(french);
    expect(store.listings).toHaveLength(1);
  });

  it('says of a picture of another country that it is a guess, and of no other', async () => {
    const { store, pool, put } = openPool();
    for (let n = 0; n < 10; n += 1) await put('2026/12/01', 'JP');
    store.failsAfter = 0;
    await pool.refresh();
    store.failsAfter = Number.POSITIVE_INFINITY;
    expect(await pool.choose(countryByCode('FR'))).toMatchObject({ isGuess: true });
    expect(await pool.choose(countryByCode('JP'))).not.toHaveProperty('isGuess');
    expect(await pool.choose(undefined)).not.toHaveProperty('isGuess');
  });

  it('is looked at from its beginning where nothing is behind the random place', async () => {
    const { store, pool, put, choose } = openPool();
    const old = await put('2020/01/01');
    store.failsAfter = 0;
    await pool.refresh();
    store.failsAfter = Number.POSITIVE_INFINITY;
    expect(await choose('FR')).toBe(old);
    expect(store.listings).toHaveLength(3);
  });

  it('is left at once when the service stops', async () => {
    const { store, journal, pool, put } = openPool();
    for (let n = 0; n < 50; n += 1) await put('2026/11/21');
    const open = hold(store);
    const listing = pool.refresh();
    await turn();
    const closed = pool.close();
    open();
    await Promise.all([closed, listing]);
    expect([store.listings[0]?.rows, pool.size]).toEqual([1, 0]);
    await pool.refresh();
    expect([store.listings.length, journal.events]).toEqual([1, []]);
  });
});

describe('a listing that fails', () => {
  it('is told once, and is taken up later where it broke off', async () => {
    const { store, clock, journal, pool, put } = openPool();
    const written: string[] = [];
    for (let n = 0; n < 10; n += 1) written.push(await put('2026/11/21'));
    store.failsAfter = 4;
    await pool.refresh();
    await pool.refresh();
    expect([store.listings.length, pool.size]).toEqual([1, 4]);
    await clock.advance(MINUTE);
    await pool.refresh();
    expect(store.listings[1]?.after).toBe(written[3]);
    await clock.advance(MINUTE);
    await pool.refresh();
    expect([store.listings.length, pool.size]).toEqual([3, 10]);
    expect(journal.events).toMatchObject([{ event: 'pool_listing_failed', known: 4 }]);
  });

  it('is told again after one that did not', async () => {
    const { store, clock, journal, pool, put } = openPool();
    await put('2026/11/21');
    for (const failsAfter of [0, 9, 0]) {
      store.failsAfter = failsAfter;
      await pool.refresh();
      await clock.advance(MINUTE);
    }
    expect(journal.events).toHaveLength(2);
  });
});
