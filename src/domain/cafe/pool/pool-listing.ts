import { DAY_MS, type Day, dayAt, startOf } from '../../kernel/day.ts';
import type { ImageKeys } from '../../storage/image-keys.ts';
import type { ListedObject, ObjectStore } from '../../storage/object-store.ts';

/** A listing with this many rows may be long. S3 returns this many per response. */
const LONG_ROWS = 1000;
/** Parallel listings for a long one. More would slow down readers. */
const SHARES = 4;

/** The range of one parallel listing. */
interface Share {
  /** Everything up to this key has been read. */
  readTo: string;
  /** Keys from here on belong to another share. */
  end: string | undefined;
}

/**
 * One read of the pool, from a key to its end. A long read is split by days and run in parallel: a
 * store sends a million rows in a thousand sequential responses.
 */
export class PoolListing {
  readonly begun: Day;
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  /** The shares that are not complete. */
  #shares: Share[];

  /** @param options.after a key or key prefix: only keys after it are read */
  constructor(options: { store: ObjectStore; keys: ImageKeys; after: string; today: Day }) {
    this.begun = options.today;
    this.#store = options.store;
    this.#keys = options.keys;
    this.#shares = [{ readTo: options.after, end: undefined }];
  }

  /**
   * Passes every row to `take`, days in any order, until all are read or `take` returns `false`.
   * After a failure, call it again to resume.
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

  /** `false` if the share may have more rows. */
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
    // A key that looks like a day may be no calendar day, or in the future.
    if (!(days > 1)) return [share];
    const count = Math.min(SHARES, days);
    const ends = Array.from({ length: count - 1 }, (_, n) => {
      const day = dayAt(first + Math.round(((n + 1) * days) / count) * DAY_MS);
      return this.#keys.dayPrefix(day);
    });
    return [share.readTo, ...ends].map((readTo, n) => ({ readTo, end: ends[n] }));
  }
}
