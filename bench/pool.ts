/**
 * What a fallback costs with a pool of a thousand and of a million pictures: `npm run bench:pool`.
 *
 * The store answers at once, but for listings, of which every page takes 10 ms, about as long as
 * S3's. So what is printed is the cafe's own time, and how long it would not know a real pool.
 */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SystemClock } from '../src/adapters/clock/system.ts';
import { MemoryImageStore } from '../src/adapters/image-store/memory.ts';
import { FallbackQuota } from '../src/domain/cafe/fallback/fallback-quota.ts';
import { ServeFallback } from '../src/domain/cafe/fallback/serve-fallback.ts';
import { VerifyCopies } from '../src/domain/cafe/fallback/verify-copies.ts';
import { ChangePageImage } from '../src/domain/cafe/moderation/change-page-image.ts';
import { ImagesBeingHidden } from '../src/domain/cafe/moderation/images-being-hidden.ts';
import { PlacementIndex } from '../src/domain/cafe/placement/placement-index.ts';
import { ImagePool } from '../src/domain/cafe/pool/image-pool.ts';
import { COUNTRIES, type Country, countryByCode } from '../src/domain/countries/country.ts';
import { dayAt } from '../src/domain/kernel/day.ts';
import { pageAt } from '../src/domain/pages/page.ts';
import { ImageKeys } from '../src/domain/storage/image-keys.ts';
import type { ListedObject, ListOptions, ObjectHead } from '../src/domain/storage/object-store.ts';

const SIZES = [1_000, 1_000_000] as const;
const ROUNDS = 9;
const PICKS = 20_000;
const PAGE_MS = 10;
const PAGE_ROWS = 1_000;
const YEAR = 365;
const DAY_MS = 86_400_000;

const keys = new ImageKeys('generated/v2');
const clock = new SystemClock();
const readers = ['FR', 'JP', 'US', 'TV'].map(countryByCode);

/** A year of pictures, made up row by row: a million of them would not fit beside the measurement. */
class MadeUpStore extends MemoryImageStore {
  listings = 0;
  readonly #size: number;

  constructor(size: number) {
    super({ publicBaseUrl: 'https://pictures.example' });
    this.#size = size;
  }

  override async *list(_: string, { after = '' }: ListOptions = {}): AsyncGenerator<ListedObject> {
    const first = this.#firstBehind(after);
    for (let n = first; n < this.#size; n += 1) {
      if ((n - first) % PAGE_ROWS === 0) await this.#answer();
      yield { key: this.#keyOf(n), size: 2_000_000 };
    }
  }

  override async head(key: string): Promise<ObjectHead> {
    return { key, size: 2_000_000, etag: '"x"', contentType: 'image/png', metadata: {} };
  }

  override async copy(): Promise<'copied'> {
    return 'copied';
  }

  async #answer(): Promise<void> {
    this.listings += 1;
    await pause(PAGE_MS);
  }

  #firstBehind(after: string): number {
    let [first, end] = [0, this.#size];
    while (first < end) {
      const middle = (first + end) >> 1;
      if (this.#keyOf(middle) > after) end = middle;
      else first = middle + 1;
    }
    return first;
  }

  #keyOf(n: number): string {
    const day = dayAt(Date.UTC(2026, 0, 1) + Math.floor((n * YEAR) / this.#size) * DAY_MS);
    // In order, like the rows of a listing.
    const hex = n.toString(16).padStart(8, '0') + createHash('md5').update(`${n}`).digest('hex');
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
    return keys.dated({ day, id, country: countryOf(n) });
  }
}

/** Few countries have many readers and many have few, as on the web. */
function countryOf(n: number): Country | undefined {
  const random = ((n * 2_654_435_761) % 2 ** 32) / 2 ** 32;
  return COUNTRIES[Math.floor(COUNTRIES.length ** random) - 1];
}

/** A pool that is known, and what it took to get to know it. */
async function openPool(size: number) {
  const store = new MadeUpStore(size);
  const journal = { record: () => {} };
  const pool = new ImagePool({ store, keys, clock, journal });
  // What is written of a page costs a call of its own, whatever the size of the pool.
  const claims = {
    recall: async () => ({}),
    claim: async () => undefined,
    noteShown: async () => true,
  };
  const copies = new FallbackQuota({ maxPerDay: Number.POSITIVE_INFINITY, clock });
  const placementIndex = new PlacementIndex({ store, keys, recordsPrefix: 'records', clock });
  const common = {
    store,
    pool,
    claims,
    keys,
    recordsPrefix: 'records',
    placementIndex,
    clock,
    journal,
  };
  const changePageImage = new ChangePageImage({ ...common, forget: () => {} });
  const checkCopies = new VerifyCopies({ ...common, changePageImage });
  const beingHidden = new ImagesBeingHidden();
  const serveFallback = new ServeFallback({ ...common, copies, checkCopies, beingHidden });
  const before = memory();
  const started = performance.now();
  await pool.refresh();
  const warmMs = performance.now() - started;
  const bytes = memory() - before;
  return {
    known: pool.size,
    warmMs,
    bytes,
    listings: store.listings,
    pick: (n: number) => pool.choose(readers[n % readers.length]),
    serveFallback: (n: number) => {
      const [page, country] = [pageAt(`/posts/${n}`, 'article'), readers[n % readers.length]];
      const request = { page, country, countryIsReliable: true, key: keys.page(page, country) };
      return serveFallback.serve(request, 'budget_exhausted');
    },
  };
}

/** Microseconds a call of each, in turn, in the best of some rounds. */
async function fastest(calls: readonly ((n: number) => Promise<unknown>)[]): Promise<number[]> {
  const best = calls.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [which, call] of calls.entries()) {
      const started = performance.now();
      for (let n = 0; n < PICKS; n += 1) await call(n);
      const micros = ((performance.now() - started) * 1000) / PICKS;
      best[which] = Math.min(best[which] ?? micros, micros);
    }
  }
  return best;
}

function memory(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

type Pool = Awaited<ReturnType<typeof openPool>>;

function present({ known, bytes, listings, warmMs }: Pool, pick: number, fallback: number): void {
  say(`${known} pictures`);
  say(`  pick      ${pick.toFixed(2)} us`);
  say(`  fallback  ${fallback.toFixed(2)} us, the store's own time apart`);
  say(`  memory    ${(bytes / 1e6).toFixed(1)} MB`);
  say(`  listed    in ${listings} answers, known after ${(warmMs / 1000).toFixed(2)} s`);
}

const [small, large] = [await openPool(SIZES[0]), await openPool(SIZES[1])];
// The first round of each also compiles the code, and is never the best.
const [pickOfSmall = 0, pickOfLarge = 0] = await fastest([small.pick, large.pick]);
const [fallbackOfSmall = 0, fallbackOfLarge = 0] = await fastest([
  small.serveFallback,
  large.serveFallback,
]);
const pick = pickOfLarge / pickOfSmall;
const fallback = fallbackOfLarge / fallbackOfSmall;
if (process.argv.includes('--json')) {
  const knownAfterSeconds = large.warmMs / 1000;
  say(JSON.stringify({ pick, fallback, megabytes: large.bytes / 1e6, knownAfterSeconds }));
} else {
  present(small, pickOfSmall, fallbackOfSmall);
  present(large, pickOfLarge, fallbackOfLarge);
  say('ratio, large to small');
  say(`  pick      ${pick.toFixed(2)}`);
  say(`  fallback  ${fallback.toFixed(2)}`);
}
