import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { SharpRenditionMaker } from '../../src/adapters/rendition-maker/sharp.ts';
import { countryByCode } from '../../src/domain/country.ts';
import { CafeError } from '../../src/domain/errors.ts';
import { HeldPictures } from '../../src/domain/held-pictures.ts';
import { ImageKeys } from '../../src/domain/image-key.ts';
import { MakeRenditions } from '../../src/domain/make-renditions.ts';
import { pageAt } from '../../src/domain/page.ts';
import { PendingPictures } from '../../src/domain/pending-pictures.ts';
import { PersistPicture } from '../../src/domain/persist-picture.ts';
import { PicturePool } from '../../src/domain/picture-pool.ts';
import { tinyPng } from '../support/tiny-png.ts';

const NAME = '2026/11/21/00000000-0000-4000-8000-000000000001-france';
const DATED = `generated/v2/${NAME}.png`;
const PENDING = `records/pending/${NAME}.png`;

/** A store that refuses some keys. */
class MoodyStore extends MemoryImageStore {
  refuses: RegExp | undefined;
  refused = 0;

  override put(...args: Parameters<MemoryImageStore['put']>) {
    if (!this.refuses?.test(args[0])) return super.put(...args);
    this.refused += 1;
    return Promise.reject(new CafeError('storage_unavailable', 'down'));
  }
}

function open() {
  const store = new MoodyStore({ publicBaseUrl: 'https://pictures.example' });
  const keys = new ImageKeys('generated/v2');
  const clock = new ManualClock(Date.UTC(2026, 10, 21));
  const journal = new MemoryJournal();
  const recordsPrefix = 'records';
  const pool = new PicturePool({ store, keys, clock, journal });
  const spool = undefined;
  const held = new HeldPictures({ store, keys, recordsPrefix, spool, pool, clock, journal });
  const maker = new SharpRenditionMaker();
  const makeRenditions = new MakeRenditions({ maker, store, keys, clock, journal });
  const persistPicture = new PersistPicture({ store, held, clock, journal });
  const deps = { store, keys, recordsPrefix, persistPicture, makeRenditions, journal };
  const pendingPictures = new PendingPictures(deps);
  const page = pageAt('/posts/a', 'article');
  const country = countryByCode('FR');
  const request = { page, country, countryIsReliable: true, key: keys.page(page, country) };
  const made = {
    place: { id: '00000000-0000-4000-8000-000000000001', day: '2026/11/21', country },
    image: { bytes: tinyPng({ width: 500 }), width: 500, height: 16, model: 'm', costMicroUsd: 1 },
  } as const;
  return {
    ...{ store, clock, journal, pool, pendingPictures, bytes: made.image.bytes },
    keep: () => pendingPictures.keep(request, made),
    stored: async () => (await Array.fromAsync(store.list(''))).map(({ key }) => key),
  };
}

describe('a picture that waits for approval', () => {
  it('is kept out of sight with its renditions, labelled as it will be', async () => {
    const { store, bytes, pool, pendingPictures, keep, stored, journal } = open();
    await keep();
    expect(await stored()).toEqual(
      ['480.webp', 'card.jpg', 'png'].map((end) => `records/pending/${NAME}.${end}`),
    );
    expect(Buffer.compare((await store.get(PENDING))!.bytes, bytes)).toBe(0);
    expect(await store.head(PENDING)).toMatchObject({
      contentType: 'image/png',
      cacheControl: 'public, max-age=31536000, immutable',
      metadata: { source: 'generated', country: 'FR', dated: NAME, widths: '480' },
    });
    expect([await pendingPictures.has(DATED), pool.size]).toEqual([true, 0]);
    expect(journal.events).toMatchObject([{ event: 'picture_awaits_review', key: PENDING }]);
  });

  it('names no renditions where they cannot be stored', async () => {
    const { store, keep, stored } = open();
    store.refuses = /card\.jpg$/;
    await keep();
    expect(Object.keys((await store.head(PENDING))?.metadata ?? {})).not.toContain('widths');
    expect(await stored()).toContain(PENDING);
  });

  it('is held where the store does not take it, and waits as soon as it does', async () => {
    const { store, clock, pendingPictures, keep, journal } = open();
    store.refuses = /\.png$/;
    const failure = expect(keep()).rejects.toMatchObject({ code: 'storage_unavailable' });
    await vi.waitFor(() => expect(store.refused).toBe(1));
    await clock.advance(30_000);
    await failure;
    expect(journal.events).toMatchObject([{ event: 'storing_failed', isHeld: true }]);
    await expect(pendingPictures.has(DATED)).rejects.toMatchObject({ code: 'storage_unavailable' });
    store.refuses = undefined;
    expect(await pendingPictures.has(DATED)).toBe(true);
  });

  it('does not wait once it is in the pool, or nowhere', async () => {
    const { store, pendingPictures, keep } = open();
    expect(await pendingPictures.has(DATED)).toBe(false);
    await keep();
    expect(await pendingPictures.among([DATED, DATED.replace('1-f', '2-f')])).toEqual([DATED]);
    await store.put(DATED, Buffer.from('x'), { contentType: 'image/png' });
    expect(await pendingPictures.has(DATED)).toBe(false);
  });
});
