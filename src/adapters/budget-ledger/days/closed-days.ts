import type { GenerationRecord } from '../../../domain/budget/generation-record.ts';
import type { Clock } from '../../../domain/kernel/clock.ts';
import { inBatches } from '../../../domain/kernel/concurrency.ts';
import { DAY_MS, type Day, dayAt } from '../../../domain/kernel/day.ts';
import type { Notice } from '../../../domain/kernel/notice.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import { putJson } from '../../../domain/storage/stored-objects.ts';
import { LOST_MS } from '../own-records.ts';
import { foldKey, parseFoldKey, parseRecordKey } from '../records/listed-records.ts';
import { closedRecordsIn, isKept, merged, totalsOf } from './day-summary.ts';

/** A day is folded this long after its end, so that small clock differences do not matter. */
const SLACK_MS = 3_600_000;
/** How many days back to search for unfolded days. */
const DAYS_BACK = 40;
/** Delay before the work starts, so that it does not slow down the request that triggered it. */
const FIRST_MS = 10_000;
/**
 * Pause between writing a fold and deleting its records, longer than any listing takes: a listing that
 * started before the fold was written still needs the single records.
 */
const LISTING_MS = 60_000;
/** Concurrent calls to the store. */
const AT_ONCE = 8;

/** The last day on which nothing can happen any more: its calls have ended, and its clocks agree. */
export function lastClosedDay(nowMs: number): Day {
  return dayAt(nowMs - DAY_MS - LOST_MS - SLACK_MS);
}

interface ClosedDaysOptions {
  store: ObjectStore;
  recordsPrefix: string;
  clock: Clock;
  notice: Notice;
}

/**
 * Folds the records of each closed day into one object, so that a long history stays fast to list and read.
 *
 * It writes the fold first, and then deletes only the records in it. A count that sees a fold uses the
 * totals in its key and ignores the single records of that day. So nothing is counted twice or left out,
 * even if the process crashes in between; the next run deletes what is left.
 *
 * A record may arrive later, from a machine whose clock was days off. The count ignores it, and the next
 * run writes another fold that includes it. Meanwhile no budget is at risk, because a folded day grants
 * nothing. Replicas that fold the same day at once write the same key and content. If their content
 * differs, the next fold merges both.
 */
export class ClosedDays {
  readonly #options: ClosedDaysOptions;
  readonly #stop = Promise.withResolvers<void>();
  #stopped = false;
  #upTo: Day | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: ClosedDaysOptions) {
    this.#options = options;
  }

  /** Folds closed days in the background, once per day. Never throws and never waits. */
  foldLater(): void {
    const last = lastClosedDay(this.#options.clock.now());
    if (last === this.#upTo || this.#stopped) return;
    this.#upTo = last;
    this.#work = this.#work
      .then(() => this.#foldUpTo(last))
      .catch((cause) =>
        this.#options.notice('the records of closed days cannot be folded', { cause }),
      );
  }

  /** Resolves once the current work is done. */
  async finished(): Promise<void> {
    await this.#work;
  }

  /** Starts no more work, and resolves once the current work is done. */
  async close(): Promise<void> {
    this.#stopped = true;
    this.#stop.resolve();
    await this.#work;
  }

  async #foldUpTo(last: Day): Promise<void> {
    await this.#pause(FIRST_MS);
    if (this.#stopped) return;
    const folded: string[] = [];
    for (const [day, keys] of await this.#find(last)) {
      if (this.#stopped) return;
      folded.push(...(await this.#fold(day, keys)));
    }
    if (folded.length > 0) await this.#pause(LISTING_MS);
    await inBatches(folded, AT_ONCE, async (key) => {
      if (!this.#stopped) await this.#options.store.delete(key);
    });
  }

  async #pause(ms: number): Promise<void> {
    await Promise.race([this.#options.clock.sleep(ms), this.#stop.promise]);
  }

  /** The keys of the records of each closed day that is not completely folded. */
  async #find(last: Day): Promise<Map<Day, string[]>> {
    const days = new Map<Day, string[]>();
    const after = `${this.#options.recordsPrefix}/${dayAt(this.#options.clock.now() - DAYS_BACK * DAY_MS)}`;
    // Valid until the year 3000.
    for await (const { key } of this.#options.store.list(`${this.#options.recordsPrefix}/2`, {
      after,
    })) {
      const { day } =
        parseFoldKey(this.#options.recordsPrefix, key) ??
        parseRecordKey(this.#options.recordsPrefix, key) ??
        {};
      if (!day) continue;
      if (day > last) break;
      const keys = days.get(day) ?? [];
      keys.push(key);
      days.set(day, keys);
    }
    const isFolded = ([first = '', ...more]: string[]) =>
      more.length === 0 && parseFoldKey(this.#options.recordsPrefix, first) !== undefined;
    return new Map([...days].filter(([, keys]) => !isFolded(keys)));
  }

  /** Writes the day's fold. Returns the keys of the records in it, which may be deleted. */
  async #fold(day: Day, keys: readonly string[]): Promise<string[]> {
    try {
      const objects = await this.#read(keys);
      // Another replica is deleting records that it has folded.
      if (objects.length < keys.length) return [];
      const records = merged(objects.flatMap((object) => object.records));
      const key = foldKey(this.#options.recordsPrefix, { day, ...totalsOf(records) });
      const existing = objects.find((object) => object.key === key);
      if (!existing && !(await this.#write(key, records))) return [];
      const kept = existing?.records ?? records;
      return objects
        .filter((object) => object !== existing)
        .filter((object) => object.records.every((record) => isKept(record, kept)))
        .map((object) => object.key);
    } catch (cause) {
      this.#options.notice('the records of a closed day cannot be folded', { day, cause });
      return [];
    }
  }

  /** Skips records that no longer exist. */
  async #read(keys: readonly string[]) {
    const read = async (key: string) => (this.#stopped ? undefined : this.#options.store.get(key));
    const objects = await inBatches(keys, AT_ONCE, read);
    return objects.flatMap((object) => {
      if (!object) return [];
      const { key, bytes } = object;
      return { key, records: closedRecordsIn(this.#options.recordsPrefix, key, bytes) };
    });
  }

  /** `false` if another replica has written the fold meanwhile. That replica deletes the records. */
  async #write(key: string, records: readonly GenerationRecord[]): Promise<boolean> {
    return (await putJson(this.#options.store, key, { records }, { ifAbsent: true })) !== undefined;
  }
}
