import type { Country } from '../../countries/country.ts';
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

/** How long what others add may go unseen, and how long a store that failed is left alone. */
const REFRESH_MS = 60_000;
/** How long one who has no picture waits for the pool to be known; one page of a listing takes less. */
const MAX_WAIT_MS = 1000;

/** A picture that is in the store, as far as is known. */
export interface StoredImage {
  key: string;
  /** That its key names. */
  country: Country | undefined;
  /** It is not of the country that was asked for, of which there may be others that were not seen. */
  isGuess?: true;
}

interface Deps {
  store: ObjectStore;
  keys: ImageKeys;
  clock: Clock;
  journal: Journal;
  recent?: RecentImages;
}

/**
 * The pictures there are to fall back on, known without asking the store.
 *
 * The pool is listed once, behind the readers' backs, and then again and again from the last known
 * day on, as others may store pictures too; only while somebody asks, so an idle service makes no
 * call. Whatever others delete is found out by whoever picks it, see {@link drop}.
 */
export class ImagePool {
  readonly #deps: Deps;
  readonly #pictures = new PoolIndex();
  readonly #recent: RecentImages;
  /** What is behind this is to be listed next. */
  #knownTo: string;
  /** Not read to its end: it is under way, or has failed and will be taken up again. */
  #unread: PoolListing | undefined;
  #reading: Promise<void> | undefined;
  #nextReading = Number.NEGATIVE_INFINITY;
  #isWarm = false;
  #isFailing = false;
  #closed = false;

  /** @param deps.recent what was shown elsewhere, too; by default only what was chosen here */
  constructor(deps: Deps) {
    this.#deps = deps;
    this.#recent = deps.recent ?? new RecentImages();
    this.#knownTo = deps.keys.poolPrefix;
  }

  /** How many dated pictures are known. */
  get size(): number {
    return this.#pictures.size;
  }

  /** Resolves once all of the pool is known; where that takes too long, or fails, before. */
  async waitUntilKnown(): Promise<void> {
    const reading = this.refresh();
    if (!this.#isWarm) await Promise.race([reading, this.#deps.clock.sleep(MAX_WAIT_MS)]);
  }

  /**
   * A random picture that was not shown lately: of the country; else of the dated pool; else any page's;
   * `undefined` where there is none at all. Where all were, the one that was shown longest ago, so that as
   * many choices in a row as there are pictures are all different, up to 128. Costs no call once one of the country or the whole pool is known, and one
   * listing before.
   *
   * @param by chooses by this text instead of at random, and once the pool is known, with the same
   *   text mostly the same one
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
   * Like {@link choose}, but of those that are known by now. Makes no call.
   *
   * @param by chooses by this text
   */
  recall(country: Country | undefined, by: string): StoredImage | undefined {
    const known = this.#pictures.pickBy(by, country);
    return known && this.#chosen(known);
  }

  /**
   * Like {@link choose}, but of those that are in the store now, whatever is known. Costs a listing.
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
   * Takes in a picture that was just stored, and is shown on its page by now. Keys of any other shape are
   * none of the pool's.
   */
  add(key: string): void {
    const parsed = this.#deps.keys.parse(key);
    if (parsed?.kind !== 'dated') return;
    this.#pictures.add(parsed);
    this.#recent.note(parsed.id);
  }

  /** Forgets a picture that is not in the store any more. */
  drop(key: string): void {
    const parsed = this.#deps.keys.parse(key);
    if (parsed?.kind === 'dated') this.#pictures.delete(parsed);
  }

  /**
   * Lists what is not known yet, unless that was done just now. Never throws, and nobody needs to
   * wait for it.
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

  /** Begins no more listings; resolves when the one under way has been left. */
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
    // Within a day, keys come in any order; and while they were read a day may have ended.
    const { begun } = this.#unread;
    this.#knownTo = keys.dayPrefix(begun < today ? begun : today);
    this.#unread = undefined;
  }
}
