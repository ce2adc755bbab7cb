import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { SharpRenditionMaker } from '../../src/adapters/rendition-maker/sharp.ts';
import { ImagePool } from '../../src/domain/cafe/pool/image-pool.ts';
import { countryByCode } from '../../src/domain/countries/country.ts';
import { ImageEvents } from '../../src/domain/images/image-events.ts';
import { MakeRenditions } from '../../src/domain/images/make-renditions.ts';
import { PersistImage } from '../../src/domain/images/persist-image.ts';
import { UnstoredImages } from '../../src/domain/images/unstored-images.ts';
import { CafeError } from '../../src/domain/kernel/errors.ts';
import { pageAt } from '../../src/domain/pages/page.ts';
import { ImageKeys } from '../../src/domain/storage/image-keys.ts';
import type { ObjectStore } from '../../src/domain/storage/object-store.ts';
import { tinyPng } from './tiny-png.ts';

export const PUBLIC_BASE_URL = 'https://pictures.example';
/** Of the one picture that is made here. */
export const ID = '00000000-0000-4000-8000-000000000001';
export const NAME = `2026/11/21/${ID}-france`;
export const DATED = `generated/v2/${NAME}.png`;

const DATED_PNG = /\/\d{4}\/\d{2}\/\d{2}\/[^/]*\.png$/;

/** A store in memory that takes what it is in the mood for. */
export class MoodyStore extends MemoryImageStore {
  /** Whether it takes nothing at all. */
  isAway = false;
  /** The keys that it does not take. */
  refuses: RegExp | undefined;
  /** So many more dated PNGs it does not take. */
  failures = 0;
  /** How many dated PNGs it was given, taken or not. */
  puts = 0;
  /** It takes what it is given, and tells nothing of what is there. */
  isBlind = false;
  readonly #heldBack = new Map<string, () => Promise<void>>();

  override async put(...args: Parameters<MemoryImageStore['put']>) {
    const isDatedPng = DATED_PNG.test(args[0]);
    if (isDatedPng) this.puts += 1;
    const fails = isDatedPng && this.failures > 0;
    if (fails) this.failures -= 1;
    if (fails || this.isAway || this.refuses?.test(args[0])) throw down();
    await this.#heldBack.get(args[0])?.();
    return super.put(...args);
  }

  override async head(key: string) {
    if (this.isBlind) throw down();
    return super.head(key);
  }

  /** Holds the next put under a key back, on its way to the store. */
  holdBack(key: string): { isSent: Promise<void>; letGo: () => void } {
    const [sent, mayGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    this.#heldBack.set(key, () => {
      this.#heldBack.delete(key);
      sent.resolve();
      return mayGo.promise;
    });
    return { isSent: sent.promise, letGo: mayGo.resolve };
  }
}

function down(): CafeError {
  return new CafeError('storage_unavailable', 'down');
}

/** What lets pictures be held, over a moody store; `openUnstored` is a process that starts. */
export function openHolding() {
  const store = new MoodyStore({ publicBaseUrl: PUBLIC_BASE_URL });
  const keys = new ImageKeys('generated/v2');
  const recordsPrefix = 'records';
  const clock = new ManualClock(Date.UTC(2026, 10, 21));
  const journal = new MemoryJournal();
  const pool = new ImagePool({ store, keys, clock, journal });
  const events = new ImageEvents();
  events.listen(({ key }) => pool.add(key));
  const openUnstored = (spool?: ObjectStore) =>
    new UnstoredImages({ store, keys, recordsPrefix, spool, events, clock, journal });
  return { store, keys, recordsPrefix, clock, journal, pool, events, openUnstored };
}

/**
 * What lets pictures be kept besides, and one that was just made for a page.
 *
 * @param options.width of the picture, in pixels
 * @param options.spool for what is paid for and not stored
 */
export function openPictureKeeping({
  width = 16,
  spool,
}: {
  width?: number;
  spool?: ObjectStore;
} = {}) {
  const holding = openHolding();
  const { store, keys, clock, journal, openUnstored } = holding;
  const maker = new SharpRenditionMaker();
  const makeRenditions = new MakeRenditions({
    maker,
    store,
    keys,
    clock,
    journal,
    timeoutMs: 5000,
  });
  const persistImage = new PersistImage({ store, unstored: openUnstored(spool), clock, journal });
  const page = pageAt('/posts/a', 'article');
  const country = countryByCode('FR');
  const request = { page, country, countryIsReliable: true, key: keys.page(page, country) };
  const made = {
    place: { id: ID, day: '2026/11/21', country },
    datedKey: DATED,
    image: { bytes: tinyPng({ width }), width, height: 16, model: 'm', costMicroUsd: 1 },
  } as const;
  return { ...holding, makeRenditions, persistImage, request, made };
}
