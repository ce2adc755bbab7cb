import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../src/adapters/clock/manual.ts';
import { MemoryImageStore } from '../../../src/adapters/image-store/memory.ts';
import { MemoryJournal } from '../../../src/adapters/journal/memory.ts';
import { SharpRenditionMaker } from '../../../src/adapters/rendition-maker/sharp.ts';
import { countryByCode } from '../../../src/domain/countries/country.ts';
import { MakeRenditions } from '../../../src/domain/images/make-renditions.ts';
import { CafeError } from '../../../src/domain/kernel/errors.ts';
import { ImageKeys, type PoolImage } from '../../../src/domain/storage/image-keys.ts';
import { tinyPng } from '../../support/tiny-png.ts';

const FOREVER = 'public, max-age=31536000, immutable';
const OF: PoolImage = {
  day: '2026/11/21',
  id: '00000000-0000-4000-8000-000000000001',
  country: countryByCode('FR'),
};
const BASE = `generated/v2/2026/11/21/${OF.id}-france`;
const png = tinyPng({ width: 800, height: 400 });

/** Makes nothing until it is let go on. */
class HeldMaker extends SharpRenditionMaker {
  underWay = 0;
  most = 0;
  go = () => {};
  readonly #gate = new Promise<void>((resolve) => {
    this.go = resolve;
  });

  override async make(bytes: Uint8Array) {
    this.underWay += 1;
    this.most = Math.max(this.most, this.underWay);
    await this.#gate;
    const made = await super.make(bytes);
    this.underWay -= 1;
    return made;
  }
}

/** Does not take cards. */
class PickyStore extends MemoryImageStore {
  refuses = true;

  override put(...args: Parameters<MemoryImageStore['put']>) {
    if (!this.refuses || !args[0].endsWith('card.jpg')) return super.put(...args);
    return Promise.reject(new CafeError('storage_unavailable', 'down'));
  }
}

function open({ picky = false, maker = new SharpRenditionMaker() } = {}) {
  const store = new PickyStore({ publicBaseUrl: 'https://pictures.example' });
  store.refuses = picky;
  const clock = new ManualClock(Date.UTC(2026, 10, 21));
  const journal = new MemoryJournal();
  const keys = new ImageKeys('generated/v2');
  const makeRenditions = new MakeRenditions({
    maker,
    store,
    keys,
    clock,
    journal,
    timeoutMs: 5000,
  });
  const stored = async () => (await Array.fromAsync(store.list(''))).map(({ key }) => key);
  return { store, clock, journal, makeRenditions, stored };
}

describe("a picture's renditions", () => {
  it('are stored beside it, for ever, and are known', async () => {
    const { store, makeRenditions, stored, journal } = open();
    const made = await makeRenditions.make(OF, png);
    const renditions = { of: OF, widths: [480, 768], thumbhash: expect.any(String) };
    expect(made).toMatchObject({ renditions });
    expect(await stored()).toEqual([]);
    expect(await makeRenditions.store(made!)).toBe(true);
    expect(await stored()).toEqual([`${BASE}.480.webp`, `${BASE}.768.webp`, `${BASE}.card.jpg`]);
    const heads = await Promise.all((await stored()).map((key) => store.head(key)));
    expect(heads).toMatchObject([
      { contentType: 'image/webp', cacheControl: FOREVER },
      { contentType: 'image/webp', cacheControl: FOREVER },
      { contentType: 'image/jpeg', cacheControl: FOREVER },
    ]);
    expect(journal.events).toEqual([]);
  });

  const TOLD = { event: 'renditions_failed', key: `${BASE}.png`, cause: expect.any(Error) };

  it('are none, and that is told, where it cannot be read', async () => {
    const { makeRenditions, journal } = open();
    expect(await makeRenditions.make(OF, png.subarray(0, 100))).toBeUndefined();
    expect(journal.events).toEqual([TOLD]);
  });

  it('are not stored, and that is told, where not all of them can be', async () => {
    const { makeRenditions, journal } = open({ picky: true });
    const made = await makeRenditions.make(OF, png);
    expect(await makeRenditions.store(made!)).toBe(false);
    expect(journal.events).toEqual([TOLD]);
  });

  it('are none where they take too long', async () => {
    const maker = new HeldMaker();
    const { clock, journal, makeRenditions } = open({ maker });
    const made = makeRenditions.make(OF, png);
    await clock.advance(5_000);
    expect(await made).toBeUndefined();
    expect(journal.events).toMatchObject([{ event: 'renditions_failed' }]);
    maker.go();
    await makeRenditions.finished();
  });

  it('are made of one picture after the other', async () => {
    const maker = new HeldMaker();
    const { makeRenditions } = open({ maker });
    const all = ['1', '2', '3'].map((digit) =>
      makeRenditions.make({ ...OF, id: OF.id.slice(0, -1) + digit }, png),
    );
    await vi.waitFor(() => expect(maker.underWay).toBe(1));
    maker.go();
    for (const made of await Promise.all(all)) expect(made?.renditions.widths).toEqual([480, 768]);
    expect(maker.most).toBe(1);
  });
});
