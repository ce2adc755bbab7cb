import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type PageBefore, PlaceImage } from '../../../../src/domain/cafe/placement/place-image.ts';
import { PlacementIndex } from '../../../../src/domain/cafe/placement/placement-index.ts';
import { StorePageImage } from '../../../../src/domain/cafe/placement/store-page-image.ts';
import { MakeRenditions } from '../../../../src/domain/images/make-renditions.ts';
import {
  DATED,
  ID,
  MoodyStore,
  openPictureKeeping,
  PUBLIC_BASE_URL,
} from '../../../support/open-picture-keeping.ts';

const FRENCH = 'generated/v2/page-cache/article/posts/a-france.png';
const OWN = `${PUBLIC_BASE_URL}/${FRENCH}`;

function keepOne(spool?: MoodyStore) {
  const { request, made, ...keeping } = openPictureKeeping(spool ? { spool } : {});
  const { store, clock, journal } = keeping;
  const placeImage = new PlaceImage({ ...keeping, placementIndex: new PlacementIndex(keeping) });
  const storePageImage = new StorePageImage({ ...keeping, placeImage });
  return {
    store,
    clock,
    journal,
    keep: (before: PageBefore = { hadPicture: false }) =>
      storePageImage.keep(request, made, before, placeImage.announce(request, made.place)),
    recover: (hadPicture = false) => storePageImage.recover(request, DATED, { hadPicture }),
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
      await vi.waitFor(() => expect(store.puts).toBe(1), 30_000);
      await clock.advance(30_000);
      expect(await kept).toMatchObject({ image: { url: OWN, placed: true }, shown: ID });
    },
  );

  /** A picture that the store did not take for half a minute, nor put on its page. */
  async function keepInVain() {
    const kept = keepOne();
    kept.store.failures = Number.POSITIVE_INFINITY;
    kept.store.refuses = /page-cache/;
    const failure = expect(kept.keep()).rejects.toMatchObject({ code: 'storage_unavailable' });
    await vi.waitFor(() => expect(kept.store.puts).toBe(1));
    await kept.clock.advance(30_000);
    await failure;
    expect(kept.store.puts).toBe(6);
    expect(kept.journal.events).toMatchObject([{ event: 'storing_failed' }]);
    return kept;
  }

  it('is held after six tries, and stored and placed when it is recovered', async () => {
    const { store, recover, stored } = await keepInVain();
    await expect(recover()).rejects.toMatchObject({ code: 'storage_unavailable' });
    store.failures = 0;
    store.refuses = undefined;
    expect(await recover()).toMatchObject({ image: { url: OWN, placed: true }, shown: ID });
    expect(await stored()).toEqual([DATED, FRENCH]);
  });

  it('is held after six tries, and placed when it is recovered after it was stored', async () => {
    const { store, clock, recover, stored } = await keepInVain();
    store.failures = 0;
    store.refuses = undefined;
    await clock.advance(20_000);
    expect(await stored()).toEqual([DATED]);
    expect(await recover()).toMatchObject({ image: { placed: true } });
    expect(await stored()).toEqual([DATED, FRENCH]);
  });

  it('K3: is recovered by this process, however long the store rejected it', async () => {
    const { store, clock, recover } = await keepInVain();
    await clock.advance(11 * 60_000);
    store.failures = 0;
    expect(await recover()).toBeDefined();
  });
});

describe('a picture of which a part cannot be stored', () => {
  it('is on its page though the pool does not take it, which gets it later', async () => {
    const { store, clock, journal, keep, stored } = keepOne();
    store.failures = Number.POSITIVE_INFINITY;
    const kept = keep();
    await vi.waitFor(() => expect(store.puts).toBe(1), 30_000);
    await clock.advance(30_000);
    expect(await kept).toMatchObject({
      image: { url: OWN, source: 'generated', placed: true },
      shown: ID,
    });
    expect(journal.events).toMatchObject([{ event: 'storing_failed' }]);
    expect(await stored()).toEqual([FRENCH]);
    store.failures = 0;
    await clock.advance(20_000);
    expect(await stored()).toEqual([DATED, FRENCH]);
  });

  it.each([
    ['a rendition', /card\.jpg$/, [DATED, FRENCH]],
    ['a rendition, and the page', /card\.jpg$|page-cache/, [DATED]],
  ])('names no file that is not there without %s', async (_, refuses, keys) => {
    const { store, keep, stored } = keepOne();
    store.refuses = refuses;
    const { image } = await keep();
    expect(image.picture).toMatchObject({ width: 16, renditions: undefined });
    expect(await stored()).toEqual(keys);
    for (const key of keys) {
      const { source, generation, thumbhash } = (await store.head(key))?.metadata ?? {};
      expect([source, generation, thumbhash]).toEqual(['generated', ID, undefined]);
    }
  });

  it('leaves a page as it is that another process has changed before it could be corrected', async () => {
    const { store, keep } = keepOne();
    store.refuses = /card\.jpg$/;
    const own = { contentType: 'image/png', metadata: { source: 'generated' } };
    const put = store.put.bind(store);
    vi.spyOn(store, 'put').mockImplementation(async (...args) => {
      const etag = await put(...args);
      if (args[0] === FRENCH) await put(FRENCH, Buffer.from("the owner's"), own);
      return etag;
    });
    await keep();
    expect(Buffer.from((await store.get(FRENCH))?.bytes ?? []).toString()).toBe("the owner's");
  });

  it('is placed once it is written down, though that failed at first', async () => {
    const { store, keep } = keepOne();
    store.refuses = /shown/;
    const announcing = keep();
    store.refuses = undefined;
    expect(await announcing).toMatchObject({ image: { placed: true } });
    expect((await Array.fromAsync(store.list('records/shown/'))).length).toBe(1);
  });

  it('is not placed as long as that cannot be written down', async () => {
    const { store, keep, stored, journal } = keepOne();
    store.refuses = /shown/;
    expect(await keep()).toMatchObject({ image: { placed: false } });
    expect(await stored()).toEqual([DATED]);
    expect(journal.events).toMatchObject([{ event: 'page_placing_failed' }]);
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

describe('P9: a picture that was just paid for', () => {
  it('is in the spool before renditions take the threads that write it there', async () => {
    const spool = new MoodyStore({ publicBaseUrl: PUBLIC_BASE_URL });
    const { isSent, letGo } = spool.holdBack(DATED);
    const make = vi.spyOn(MakeRenditions.prototype, 'make');
    onTestFinished(() => make.mockRestore());
    const { keep, stored } = keepOne(spool);
    const kept = keep();
    await isSent;
    expect(make).not.toHaveBeenCalled();
    letGo();
    await kept;
    expect(make).toHaveBeenCalledOnce();
    expect(await stored()).toContain(DATED);
  });

  it('is stored although the disk takes it too late', async () => {
    const spool = new MoodyStore({ publicBaseUrl: PUBLIC_BASE_URL });
    const { isSent, letGo } = spool.holdBack(DATED);
    const { clock, keep, stored } = keepOne(spool);
    const kept = keep();
    await isSent;
    await clock.advance(1000);
    await kept;
    expect(await stored()).toContain(DATED);
    letGo();
  });
});
