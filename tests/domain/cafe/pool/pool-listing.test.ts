import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MemoryImageStore } from '../../../../src/adapters/image-store/memory.ts';
import { PoolListing } from '../../../../src/domain/cafe/pool/pool-listing.ts';
import { dayAt } from '../../../../src/domain/kernel/day.ts';
import { CafeError } from '../../../../src/domain/kernel/errors.ts';
import { ImageKeys } from '../../../../src/domain/storage/image-keys.ts';
import type { ListedObject, ListOptions } from '../../../../src/domain/storage/object-store.ts';

const TODAY = '2026/11/21';
const DAY_MS = 86_400_000;

/** Knows how many listings are open, and fails every so many rows. */
class RestlessStore extends MemoryImageStore {
  readonly begun: (string | undefined)[] = [];
  failsEvery = Number.POSITIVE_INFINITY;
  #rows = 0;

  override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject> {
    this.begun.push(options.after);
    for await (const row of super.list(prefix, options)) {
      this.#rows += 1;
      if (this.#rows % this.failsEvery === 0) throw new CafeError('storage_unavailable', 'down');
      yield row;
    }
  }
}

/** A pool with as many pictures on each of the days before and up to today, and what is read of it. */
async function poolOf(days: number, perDay: number, strange: string[] = []) {
  const store = new RestlessStore({ publicBaseUrl: 'https://pictures.example' });
  const keys = new ImageKeys('generated/v2');
  const written = strange.map((name) => keys.root + name);
  for (let n = 0; n < days * perDay; n += 1) {
    const day = dayAt(Date.parse('2026-11-21') - (n % days) * DAY_MS);
    written.push(keys.dated({ day, id: randomUUID(), country: undefined }));
  }
  for (const key of written) await store.put(key, Buffer.from('x'), { contentType: 'image/png' });
  const listing = new PoolListing({ store, keys, after: keys.poolPrefix, today: TODAY });
  const rows: string[] = [];
  const read = () => listing.read(({ key }) => rows.push(key) > 0);
  return { store, written, listing, rows, read };
}

describe('a listing of the pool', () => {
  it.each([
    ['empty', 0, 0, 1],
    ['small', 20, 40, 1],
    ['all of today', 1, 2300, 2],
    ['of two days', 2, 1200, 3],
    ['of three days', 3, 700, 3],
    ['large', 365, 8, 5],
  ])('that is %s hands over every row once', async (_, days, perDay, listings) => {
    const { store, written, rows, read } = await poolOf(days, perDay);
    await read();
    expect(rows.toSorted()).toEqual(written.toSorted());
    expect(store.begun).toHaveLength(listings);
  });

  it.each([
    ['no days of the calendar', '2026/99/99/'],
    ['long past', '2000/01/01/'],
    ['to come', '2999/12/31/'],
  ])('has room for days that are %s', async (_, folder) => {
    const strange = Array.from({ length: 1500 }, () => `${folder}${randomUUID()}.png`);
    const { written, rows, read } = await poolOf(30, 50, [...strange, '2abc', '2026/x/y.txt']);
    await read();
    expect(rows.toSorted()).toEqual(written.toSorted());
  });

  it('goes on where it was after any number of failures', async () => {
    const { store, written, rows, read } = await poolOf(60, 50);
    store.failsEvery = 211;
    let failures = 0;
    for (let over = false; !over; ) {
      over = await read().then(
        () => true,
        (error: CafeError) => error.code !== 'storage_unavailable',
      );
      if (!over) failures += 1;
    }
    expect(failures).toBeGreaterThan(3);
    expect(rows.toSorted()).toEqual(written.toSorted());
  });

  it('ends where it is told to', async () => {
    const { listing } = await poolOf(60, 50);
    let taken = 0;
    await listing.read(() => {
      taken += 1;
      return taken < 1500;
    });
    expect(taken).toBeLessThan(1510);
  });
});
