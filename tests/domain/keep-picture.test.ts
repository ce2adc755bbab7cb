import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { SharpRenditionMaker } from '../../src/adapters/rendition-maker/sharp.ts';
import { countryByCode } from '../../src/domain/country.ts';
import { CafeError } from '../../src/domain/errors.ts';
import { HeldPictures } from '../../src/domain/held-pictures.ts';
import { ImageKeys } from '../../src/domain/image-key.ts';
import { KeepPicture, type PageBefore } from '../../src/domain/keep-picture.ts';
import { MakeRenditions } from '../../src/domain/make-renditions.ts';
import { pageAt } from '../../src/domain/page.ts';
import { PicturePool } from '../../src/domain/picture-pool.ts';
import { Placements } from '../../src/domain/placements.ts';
import { tinyPng } from '../support/tiny-png.ts';

/** A store of which writing PNGs fails a number of times. */
class MoodyStore extends MemoryImageStore {
  failures = 0;
  puts = 0;

  override put(...args: Parameters<MemoryImageStore['put']>) {
    if (!args[0].endsWith('.png')) return super.put(...args);
    this.puts += 1;
    if (this.failures === 0) return super.put(...args);
    this.failures -= 1;
    return Promise.reject(new CafeError('storage_unavailable', 'down'));
  }
}

const FRENCH = 'generated/v2/page-cache/article/posts/a-france.png';
const OWN = `https://pictures.example/${FRENCH}`;
const ID = '00000000-0000-4000-8000-000000000001';
const DATED = `generated/v2/2026/11/21/${ID}-france.png`;

function keepOne() {
  const store = new MoodyStore({ publicBaseUrl: 'https://pictures.example' });
  const keys = new ImageKeys('generated/v2');
  const clock = new ManualClock(Date.UTC(2026, 10, 21));
  const journal = new MemoryJournal();
  const pool = new PicturePool({ store, keys, clock, journal });
  const held = new HeldPictures({ store, keys, spool: undefined, pool, clock, journal });
  const maker = new SharpRenditionMaker();
  const makeRenditions = new MakeRenditions({ maker, store, keys, clock, journal });
  const placements = new Placements({ store, keys, recordsPrefix: 'records', clock });
  const deps = { store, keys, pool, held, makeRenditions, placements, clock, journal };
  const keepPicture = new KeepPicture(deps);
  const page = pageAt('/posts/a', 'article');
  const country = countryByCode('FR');
  const request = { page, country, countryIsReliable: true, key: keys.page(page, country) };
  const made = {
    place: { id: ID, day: '2026/11/21', country },
    image: { bytes: tinyPng(), width: 16, height: 16, model: 'm', costMicroUsd: 1 },
  } as const;
  return {
    store,
    clock,
    journal,
    keep: (before: PageBefore = { hadPicture: false }) => keepPicture.keep(request, made, before),
    recover: (hadPicture = false) => keepPicture.recover(request, DATED, { hadPicture }),
    stored: async () => {
      const keys = (await Array.fromAsync(store.list('generated/'))).map(({ key }) => key);
      return keys.filter((key) => key.endsWith('.png'));
    },
  };
}

describe('S4: a picture that is paid for', () => {
  it.each([1, 3, 5])(
    'is stored though the store fails %d times over half a minute',
    async (failures) => {
      const { store, clock, keep } = keepOne();
      store.failures = failures;
      const kept = keep();
      await vi.waitFor(() => expect(store.puts).toBe(1));
      await clock.advance(30_000);
      expect(await kept).toMatchObject({ image: { url: OWN, placed: true }, shown: ID });
    },
  );

  /** A picture that the store did not take for half a minute. */
  async function keepInVain() {
    const kept = keepOne();
    kept.store.failures = Number.POSITIVE_INFINITY;
    const failure = expect(kept.keep()).rejects.toMatchObject({ code: 'storage_unavailable' });
    await vi.waitFor(() => expect(kept.store.puts).toBe(1));
    await kept.clock.advance(30_000);
    await failure;
    expect(kept.store.puts).toBe(6);
    expect(kept.journal.events).toMatchObject([{ event: 'storing_failed', isHeld: true }]);
    return kept;
  }

  it('is held after six tries, and stored and placed when it is recovered', async () => {
    const { store, recover, stored } = await keepInVain();
    await expect(recover()).rejects.toMatchObject({ code: 'storage_unavailable' });
    store.failures = 0;
    expect(await recover()).toMatchObject({ image: { url: OWN, placed: true }, shown: ID });
    expect(await stored()).toEqual([DATED, FRENCH]);
  });

  it('is held after six tries, and placed when it is recovered after it was stored', async () => {
    const { store, clock, recover, stored } = await keepInVain();
    store.failures = 0;
    await clock.advance(20_000);
    expect(await stored()).toEqual([DATED]);
    expect(await recover()).toMatchObject({ image: { placed: true } });
    expect(await stored()).toEqual([DATED, FRENCH]);
  });

  it('K3: cannot be recovered once it is lost', async () => {
    const { store, clock, recover } = await keepInVain();
    await clock.advance(11 * 60_000);
    store.failures = 0;
    expect(await recover()).toBeUndefined();
  });
});

describe('S14: a page that shows something when its picture comes', () => {
  const fallback = {
    contentType: 'image/png',
    metadata: { source: 'fallback', country: 'JP' },
  };

  it('shows its own picture instead of a fallback, under another URL', async () => {
    const { store, keep } = keepOne();
    await store.put(FRENCH, Buffer.from('another'), fallback);
    const { image } = await keep();
    expect(image.url).toBe(`${OWN}?v=${ID}`);
    expect(await store.head(FRENCH)).toMatchObject({
      cacheControl: 'public, max-age=31536000, immutable',
      metadata: { source: 'generated', country: 'FR', generation: ID, revision: ID },
    });
  });

  it('keeps a picture of its own', async () => {
    const { store, keep } = keepOne();
    const metadata = { source: 'generated', country: 'FR', generation: ID, revision: ID };
    await store.put(FRENCH, Buffer.from('first'), { contentType: 'image/png', metadata });
    expect(await keep()).toMatchObject({ image: { url: `${OWN}?v=${ID}`, source: 'stored' } });
    expect(Buffer.from((await store.get(FRENCH))?.bytes ?? []).toString()).toBe('first');
  });

  it('is not changed where somebody else was faster to replace the fallback', async () => {
    const { store, keep } = keepOne();
    await store.put(FRENCH, Buffer.from('another'), fallback);
    const there = await store.head(FRENCH);
    const own = { contentType: 'image/png', metadata: { source: 'generated' } };
    await store.put(FRENCH, Buffer.from('faster'), own);
    expect(await keep({ hadPicture: false, there })).toMatchObject({ image: { source: 'stored' } });
    expect(Buffer.from((await store.get(FRENCH))?.bytes ?? []).toString()).toBe('faster');
  });

  it('is served another URL where caches may have a picture that is gone', async () => {
    const { keep } = keepOne();
    expect((await keep({ hadPicture: true })).image.url).toContain(`?v=${ID}`);
  });

  it('shows a picture that is recovered instead of a fallback', async () => {
    const { store, keep, recover } = keepOne();
    await keep();
    await store.put(FRENCH, Buffer.from('another'), fallback);
    expect(await recover()).toMatchObject({ image: { url: `${OWN}?v=${ID}` }, shown: ID });
    expect(await store.head(FRENCH)).toMatchObject({ metadata: { source: 'generated' } });
  });

  it('keeps what it got meanwhile when a picture is recovered', async () => {
    const { store, keep, recover } = keepOne();
    await keep();
    await store.put(FRENCH, Buffer.from('first'), { contentType: 'image/png', metadata: {} });
    expect(await recover()).toMatchObject({ image: { url: OWN }, shown: 'unlabelled' });
    expect(Buffer.from((await store.get(FRENCH))?.bytes ?? []).toString()).toBe('first');
  });
});
