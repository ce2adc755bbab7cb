import type { Country } from '../../countries/country.ts';
import type { ImageEvents } from '../../images/image-events.ts';
import type { Clock } from '../../kernel/clock.ts';
import { dayAt } from '../../kernel/day.ts';
import type { Journal } from '../../monitoring/journal.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { listAllImages } from './list-all-images.ts';
import { PoolIndex } from './pool-index.ts';
import { PoolListing } from './pool-listing.ts';
import { RecentImages } from './recent-images.ts';
import { samplePool } from './sample-pool.ts';

/**
 * How long images that other processes add may stay unknown. Also how long the store is not called
 * again after a failure.
 */
const REFRESH_MS = 60_000;
/**
 * How long a page without an image waits for the pool to be known. One page of a listing takes
 * less.
 */
const MAX_WAIT_MS = 1000;

/** An image that is stored, as far as known. */
export interface StoredImage {
  key: string;
  /** From its key. */
  country: Country | undefined;
  /**
   * Whether the image is from another country because the listing is incomplete. The requested
   * country may have images.
   */
  isGuess?: true;
}

interface Deps {
  store: ObjectStore;
  keys: ImageKeys;
  clock: Clock;
  journal: Journal;
  recent?: RecentImages;
  events?: ImageEvents;
}

/**
 * The fallback images, known without a store call.
 *
 * The pool is listed once in the background, and then repeatedly from the last known day on,
 * because other processes store images too. This happens only on requests, so an idle service makes
 * no call. Deletions by others are detected when an image is picked, see {@link drop}.
 */
export class ImagePool {
  readonly #deps: Deps;
  readonly #pictures = new PoolIndex();
  readonly #recent: RecentImages;
  /** The next listing starts after this key. */
  #knownTo: string;
  /** An incomplete listing: running, or failed and to be resumed. */
  #unread: PoolListing | undefined;
  #reading: Promise<void> | undefined;
  #nextReading = Number.NEGATIVE_INFINITY;
  #isWarm = false;
  #isFailing = false;
  #closed = false;

  /**
   * @param deps.recent includes images shown elsewhere; default: only images chosen here
   * @param deps.events announces the images that this process stores
   */
  constructor(deps: Deps) {
    this.#deps = deps;
    this.#recent = deps.recent ?? new RecentImages();
    this.#knownTo = deps.keys.poolPrefix;
    deps.events?.listen(({ key }) => this.add(key));
  }

  /** How many dated images are known. */
  get size(): number {
    return this.#pictures.size;
  }

  /** Resolves once the whole pool is known, or earlier on a failure or timeout. */
  async waitUntilKnown(): Promise<void> {
    const reading = this.refresh();
    if (!this.#isWarm) await Promise.race([reading, this.#deps.clock.sleep(MAX_WAIT_MS)]);
  }

  /**
   * A random image that was not shown recently: of the country, else of the dated pool, else of any
   * page; `undefined` if there is none. If all were shown recently, the one shown longest ago. So
   * consecutive choices are all different for as many images as there are, up to 128. Costs one
   * listing, but no call once an image of the country or the whole pool is known.
   *
   * @param by choose by this text instead of at random; once the pool is known, the same text
   *   mostly gives the same image
   * @throws CafeError `storage_unavailable`
   */
  async choose(country: Country | undefined, by?: string): Promise<StoredImage | undefined> {
    void this.refresh();
    if (!this.#isWarm && !this.#pictures.has(country)) return this.look(country);
    const known =
      by === undefined
        ? this.#pictures.pick(country, this.#recent)
        : this.#pictures.pickBy(by, country);
    return known ? this.#chosen(known) : this.#lookEverywhere(country);
  }

  /**
   * Like {@link choose}, but only from the images known now. Makes no call.
   *
   * @param by choose by this text
   */
  recall(country: Country | undefined, by: string): StoredImage | undefined {
    const known = this.#pictures.pickBy(by, country);
    return known && this.#chosen(known);
  }

  /**
   * Like {@link choose}, but from the images in the store now, ignoring what is known. Costs a
   * listing.
   *
   * @throws CafeError `storage_unavailable`
   */
  async look(country: Country | undefined): Promise<StoredImage | undefined> {
    const seen = await samplePool(
      this.#deps.store,
      this.#deps.keys,
      country,
      this.#deps.clock.now(),
    );
    if (!seen) return this.#lookEverywhere(country);
    const isGuess = country !== undefined && seen.country !== country;
    return { ...this.#chosen(seen), ...(isGuess ? { isGuess } : {}) };
  }

  /**
   * Adds an image that was just stored and is shown on its page. Ignores keys of any other format.
   */
  add(key: string): void {
    const parsed = this.#deps.keys.parse(key);
    if (parsed?.kind !== 'dated') return;
    this.#pictures.add(parsed);
    this.#recent.note(parsed.id);
  }

  /** Removes an image that is no longer in the store. */
  drop(key: string): void {
    const parsed = this.#deps.keys.parse(key);
    if (parsed?.kind === 'dated') this.#pictures.delete(parsed);
  }

  /**
   * Lists the part of the pool that is not known yet, unless that was done a moment ago. Never
   * throws; callers need not wait.
   */
  refresh(): Promise<void> {
    const due = !this.#closed && this.#deps.clock.monotonic() >= this.#nextReading;
    if (!this.#reading && due) {
      this.#reading = this.#tryReading().finally(() => {
        this.#reading = undefined;
        this.#nextReading = this.#deps.clock.monotonic() + REFRESH_MS;
      });
    }
    return this.#reading ?? Promise.resolve();
  }

  /** Starts no further listings; resolves when the running one has stopped. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#reading;
  }

  async #lookEverywhere(country: Country | undefined): Promise<StoredImage | undefined> {
    const placed = await listAllImages(this.#deps.store, this.#deps.keys, (found) =>
      this.#pictures.add(found),
    );
    if (placed !== undefined)
      return { key: placed, country: this.#deps.keys.parse(placed)?.country };
    const dated = this.#pictures.pick(country, this.#recent);
    return dated && this.#chosen(dated);
  }

  #chosen(picture: PoolImage): StoredImage {
    this.#recent.note(picture.id);
    return { key: this.#deps.keys.dated(picture), country: picture.country };
  }

  async #tryReading(): Promise<void> {
    try {
      await this.#read();
      this.#isFailing = false;
    } catch (cause) {
      if (!this.#isFailing && !this.#closed) {
        this.#deps.journal.record({ event: 'pool_listing_failed', known: this.size, cause });
      }
      this.#isFailing = true;
    }
  }

  async #read(): Promise<void> {
    const [store, keys, today] = [this.#deps.store, this.#deps.keys, dayAt(this.#deps.clock.now())];
    this.#unread ??= new PoolListing({ store, keys, after: this.#knownTo, today });
    await this.#unread.read(({ key, size }) => {
      const parsed = keys.parse(key);
      if (parsed?.kind === 'dated' && size > 0 && !this.#closed) this.#pictures.add(parsed);
      return !this.#closed;
    });
    if (this.#closed) return;
    this.#isWarm = true;
    // Continue from the start of a day: within a day, keys are not in order of time. Use the
    // earlier day, because a day may have ended during the listing.
    const { begun } = this.#unread;
    this.#knownTo = keys.dayPrefix(begun < today ? begun : today);
    this.#unread = undefined;
  }
}
