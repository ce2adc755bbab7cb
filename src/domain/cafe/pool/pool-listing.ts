import { DAY_MS, type Day, dayAt, startOf } from '../../kernel/day.ts';
import type { ImageKeys } from '../../storage/image-keys.ts';
import type { ListedObject, ObjectStore } from '../../storage/object-store.ts';

/** A listing of as many rows may be a long one. It is what S3 sends in one answer. */
const LONG_ROWS = 1000;
/** How many listings a long one is shared out to; with more, readers would notice. */
const SHARES = 4;

/** What one of the listings reads. */
interface Share {
  /** All up to here has been read. */
  readTo: string;
  /** What is from here on is another's. */
  end: string | undefined;
}

/**
 * One reading of the pool, from somewhere to its end. A long one is shared out by days, since a store
 * sends a million rows in a thousand answers, of which each has to be asked for with the one before.
 */
export class PoolListing {
  readonly begun: Day;
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  /** What is not read to its end. */
  #shares: Share[];

  /** @param options.after a key, or what one begins with: only what is behind it is read */
  constructor(options: { store: ObjectStore; keys: ImageKeys; after: string; today: Day }) {
    this.begun = options.today;
    this.#store = options.store;
    this.#keys = options.keys;
    this.#shares = [{ readTo: options.after, end: undefined }];
  }

  /**
   * Hands over every row, days in any order, until all is read or `take` answers `false`. After a
   * failure it may be called again, and goes on where it was.
   */
  async read(take: (row: ListedObject) => boolean): Promise<void> {
    const [share, ...others] = this.#shares;
    if (share && others.length === 0) {
      if (await this.#readShare(share, take, LONG_ROWS)) return;
      this.#shares = this.#sharedOut(share);
    }
    const readings = this.#shares.map((one) => this.#readShare(one, take));
    const failed = (await Promise.allSettled(readings)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  /** `false` where there may be more than was to be read. */
  async #readShare(
    share: Share,
    take: (row: ListedObject) => boolean,
    maxRows = Number.POSITIVE_INFINITY,
  ): Promise<boolean> {
    let rows = 0;
    for await (const row of this.#store.list(this.#keys.poolPrefix, { after: share.readTo })) {
      if (share.end !== undefined && row.key >= share.end) break;
      if (!take(row)) return true;
      share.readTo = row.key;
      rows += 1;
      if (rows === maxRows) return false;
    }
    this.#shares = this.#shares.filter((other) => other !== share);
    return true;
  }

  #sharedOut(share: Share): Share[] {
    const read = this.#keys.parse(share.readTo);
    if (share.end !== undefined || read?.kind !== 'dated') return [share];
    const first = startOf(read.day);
    const days = (startOf(this.begun) - first) / DAY_MS + 1;
    // Nobody promises that what looks like a day is in the calendar, or not in the future.
    if (!(days > 1)) return [share];
    const count = Math.min(SHARES, days);
    const ends = Array.from({ length: count - 1 }, (_, n) => {
      const day = dayAt(first + Math.round(((n + 1) * days) / count) * DAY_MS);
      return this.#keys.dayPrefix(day);
    });
    return [share.readTo, ...ends].map((readTo, n) => ({ readTo, end: ends[n] }));
  }
}
