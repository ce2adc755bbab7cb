import type { GenerationRecord } from '../../../domain/budget/generation-record.ts';
import type { Clock } from '../../../domain/kernel/clock.ts';
import { DAY_MS, type Day, dayAt } from '../../../domain/kernel/day.ts';
import { inBatches } from '../../../domain/kernel/in-batches.ts';
import type { Notice } from '../../../domain/kernel/notice.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import { putJson } from '../../../domain/storage/put-json.ts';
import { foldKey, parseFoldKey, parseRecordKey } from '../records/record-key.ts';
import { closedRecordsIn, isKept, merged, totalsOf } from './day-summary.ts';
import { LOST_MS } from './open-reservations.ts';

/** How long a day must be over: by then nothing of it is under way, whosever clock is a bit off. */
const SLACK_MS = 3_600_000;
/** How far back days are looked for. */
const DAYS_BACK = 40;
/** Whoever waits for the picture that set off the work goes first. */
const FIRST_MS = 10_000;
/**
 * Between writing a fold and deleting what is in it: longer than any listing takes. One that began
 * before the fold was there may still have pages to come, on which it looks for the single records.
 */
const LISTING_MS = 60_000;
/** Calls under way at once. */
const AT_ONCE = 8;

/**
 * Makes one file of a closed day's records, so that a long history stays short to list and to read.
 *
 * First the fold is written, and only what is in it is deleted. Whoever counts and meets a fold goes
 * by the numbers in its key and by no single record of that day, so at no moment is anything counted
 * twice or not at all, wherever a process crashes; the next one deletes what it left. A record that
 * nevertheless comes later, from a machine whose clock was days off, is left alone by the count, and
 * goes into another fold the next time; until then the fold does not know of it, and the day, which
 * has one, grants nothing anyway. Replicas that fold a day at once write the same key with the same
 * content, and where they differ, the next fold has it all.
 */
export class ClosedDays {
  readonly #store: ObjectStore;
  readonly #recordsPrefix: string;
  readonly #clock: Clock;
  readonly #notice: Notice;
  readonly #stop = Promise.withResolvers<void>();
  #stopped = false;
  #upTo: Day | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: {
    store: ObjectStore;
    recordsPrefix: string;
    clock: Clock;
    notice: Notice;
  }) {
    this.#store = options.store;
    this.#recordsPrefix = options.recordsPrefix;
    this.#clock = options.clock;
    this.#notice = options.notice;
  }

  /** Folds what is closed, later and once for each day that passes. Never throws and never waits. */
  foldLater(): void {
    const last = dayAt(this.#clock.now() - DAY_MS - LOST_MS - SLACK_MS);
    if (last === this.#upTo || this.#stopped) return;
    this.#upTo = last;
    this.#work = this.#work
      .then(() => this.#foldUpTo(last))
      .catch((cause) => this.#notice('the records of closed days cannot be folded', { cause }));
  }

  /** Resolves once nothing is under way. */
  async finished(): Promise<void> {
    await this.#work;
  }

  /** Begins nothing more, and resolves once nothing is under way. */
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
      if (!this.#stopped) await this.#store.delete(key);
    });
  }

  async #pause(ms: number): Promise<void> {
    await Promise.race([this.#clock.sleep(ms), this.#stop.promise]);
  }

  /** The keys of each closed day's records that are not in one fold. */
  async #find(last: Day): Promise<Map<Day, string[]>> {
    const days = new Map<Day, string[]>();
    const after = `${this.#recordsPrefix}/${dayAt(this.#clock.now() - DAYS_BACK * DAY_MS)}`;
    // All days begin like this, until the year 3000.
    for await (const { key } of this.#store.list(`${this.#recordsPrefix}/2`, { after })) {
      const { day } =
        parseFoldKey(this.#recordsPrefix, key) ?? parseRecordKey(this.#recordsPrefix, key) ?? {};
      if (!day) continue;
      if (day > last) break;
      const keys = days.get(day) ?? [];
      keys.push(key);
      days.set(day, keys);
    }
    const isFolded = ([first = '', ...more]: string[]) =>
      more.length === 0 && parseFoldKey(this.#recordsPrefix, first) !== undefined;
    return new Map([...days].filter(([, keys]) => !isFolded(keys)));
  }

  /** Resolves with the keys of all that is in the day's fold by then, and may go. */
  async #fold(day: Day, keys: readonly string[]): Promise<string[]> {
    try {
      const objects = await this.#read(keys);
      // Another replica is deleting what it has folded.
      if (objects.length < keys.length) return [];
      const records = merged(objects.flatMap((object) => object.records));
      const key = foldKey(this.#recordsPrefix, { day, ...totalsOf(records) });
      const there = objects.find((object) => object.key === key);
      if (!there && !(await this.#write(key, records))) return [];
      const kept = there?.records ?? records;
      return objects
        .filter((object) => object !== there)
        .filter((object) => object.records.every((record) => isKept(record, kept)))
        .map((object) => object.key);
    } catch (cause) {
      this.#notice('the records of a closed day cannot be folded', { day, cause });
      return [];
    }
  }

  /** Without those that are not there any more. */
  async #read(keys: readonly string[]) {
    const read = async (key: string) => (this.#stopped ? undefined : this.#store.get(key));
    const objects = await inBatches(keys, AT_ONCE, read);
    return objects.flatMap((object) => {
      if (!object) return [];
      const { key, bytes } = object;
      return { key, records: closedRecordsIn(this.#recordsPrefix, key, bytes) };
    });
  }

  /** `false` where another replica has written it meanwhile, which is not for us to tidy up after. */
  async #write(key: string, records: readonly GenerationRecord[]): Promise<boolean> {
    return (await putJson(this.#store, key, { records }, { ifAbsent: true })) !== undefined;
  }
}
