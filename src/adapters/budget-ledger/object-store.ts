import { randomInt, randomUUID } from 'node:crypto';
import { type Day, dayAt } from '../../domain/day.ts';
import type { GenerationDraft } from '../../domain/generation.ts';
import { datedName, type ImageKeys } from '../../domain/image-key.ts';
import type { BudgetLedger, Reservation } from '../../domain/ports/budget-ledger.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { ObjectStore } from '../../domain/ports/object-store.ts';
import { countDay, picturesOf } from './day-count.ts';
import { RecordFile } from './record-file.ts';
import { recordPrefix } from './record-key.ts';
import { Undecided } from './undecided.ts';

/** How often a caller that met other replicas at the last units is served again. */
const MOST_TIES = 6;
/** Milliseconds until then, so that one counts while others wait; the most doubles each time. */
const TIE_PAUSE_MS = { least: 50, most: 250, doublings: 3 };

interface Waiter {
  draft: GenerationDraft;
  ties: number;
  resolve(reservation: Reservation | undefined): void;
  reject(error: unknown): void;
}

/** A record that is written, and who waits for it. */
interface Written {
  waiter: Waiter;
  id: string;
  file: RecordFile;
}

interface Known {
  day: Day;
  /** Units; no more is written at once than that. */
  left: number;
  /** For good: what is decided is never given back, so there is no need to count again. */
  full: boolean;
  /** Other replicas are after the last units, and may withdraw. */
  contested: boolean;
}

/**
 * Keeps the daily budget as records beside the pictures, in the same store, for any number of
 * replicas that share nothing else.
 *
 * A reservation is written first and counted then; whoever finds more than the limit withdraws what
 * is too much, as far as it is its own. That never grants too many: of all who go on, take the one
 * that counted last. The others had written before they counted, so it has seen each of them, and
 * found no more than the limit. All that is asked of the store is that a listing shows every write
 * that had ended before it began. Where replicas meet at the last units all may withdraw, and try
 * again after a pause of random length. Within a process callers are served in batches.
 */
export class ObjectStoreBudgetLedger implements BudgetLedger {
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  readonly #recordsPrefix: string;
  readonly #dailyLimit: number;
  readonly #clock: Clock;
  readonly #undecided: Undecided;
  #waiting: Waiter[] = [];
  #serving = false;
  /** The last count. */
  #known: Known | undefined;

  constructor(options: {
    store: ObjectStore;
    keys: ImageKeys;
    /** Outside the public prefix, without slashes at its ends. */
    recordsPrefix: string;
    /** Pictures per UTC day. */
    dailyLimit: number;
    clock: Clock;
  }) {
    this.#store = options.store;
    this.#keys = options.keys;
    this.#recordsPrefix = options.recordsPrefix;
    this.#dailyLimit = options.dailyLimit;
    this.#clock = options.clock;
    this.#undecided = new Undecided(options.clock);
  }

  reserve(draft: GenerationDraft): Promise<Reservation | undefined> {
    if (this.#dailyLimit === 0) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#enqueue([{ draft, ties: 0, resolve, reject }]);
    });
  }

  #enqueue(waiters: Waiter[]): void {
    this.#waiting.push(...waiters);
    if (!this.#serving) void this.#serve();
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      // Whoever has an answer by then keeps it: a promise settles once.
      await this.#serveBatch(batch).catch((error: unknown) => {
        for (const waiter of batch) waiter.reject(error);
      });
    }
    this.#serving = false;
  }

  async #serveBatch(batch: Waiter[]): Promise<void> {
    const day = dayAt(this.#clock.now());
    const atDawn = { day, left: this.#dailyLimit, full: false, contested: false };
    let known = this.#known?.day === day ? this.#known : atDawn;
    if (known.left === 0 && !known.full) known = await this.#count(day, this.#picturesOf(day));
    const rest = batch.slice(known.left);
    if (known.left > 0) rest.unshift(...(await this.#grant(day, batch.slice(0, known.left))));
    this.#turnAway(rest);
  }

  /** Writes a record for each, and gives back those for whom there was no unit. */
  async #grant(day: Day, waiters: Waiter[]): Promise<Waiter[]> {
    const written: Written[] = [];
    const pictures = this.#picturesOf(day);
    await Promise.allSettled([pictures, ...waiters.map((each) => this.#write(day, each, written))]);
    let granted: Written[] = [];
    try {
      const { tooMany } = await this.#count(day, pictures);
      granted = written.slice(0, Math.max(0, written.length - tooMany));
      for (const each of granted) each.waiter.resolve(this.#reservation(day, each));
    } finally {
      // Also where the count failed: without it nothing is granted, and nothing stays written.
      const withdrawn = written.slice(granted.length);
      await Promise.allSettled(withdrawn.map(({ file }) => this.#withdraw(file)));
    }
    return written.slice(granted.length).map(({ waiter }) => waiter);
  }

  async #write(day: Day, waiter: Waiter, written: Written[]): Promise<void> {
    const id = randomUUID();
    const prefix = recordPrefix(this.#recordsPrefix, day);
    const place = { prefix, name: datedName(id, waiter.draft.country), id };
    const file = new RecordFile(this.#store, place, waiter.draft, this.#clock.now());
    this.#undecided.claim(file.name);
    try {
      await file.reserve();
      written.push({ waiter, id, file });
    } catch (error) {
      // It may be there all the same, and then counts as used.
      this.#undecided.release(file.name);
      waiter.reject(error);
    }
  }

  /** A record that cannot be withdrawn counts as used, which is safe. */
  async #withdraw(file: RecordFile): Promise<void> {
    this.#undecided.release(file.name);
    await file.withdraw();
  }

  #picturesOf(day: Day): Promise<ReadonlySet<string>> {
    return picturesOf(this.#store, this.#keys.dayPrefix(day));
  }

  /** Counts the day with all that is written so far; `tooMany` is what exceeds the limit. */
  async #count(day: Day, pictures: Promise<ReadonlySet<string>>) {
    const prefix = recordPrefix(this.#recordsPrefix, day);
    const { decided, reserved } = await countDay(this.#store, await pictures, prefix);
    const { lost, contested } = this.#undecided.judge(reserved);
    const over = decided.size + reserved.size - this.#dailyLimit;
    const full = decided.size + lost >= this.#dailyLimit;
    this.#known = { day, left: Math.max(0, -over), full, contested };
    return { ...this.#known, tooMany: Math.max(0, over) };
  }

  /** Callers for whom there was no unit: others may be left, or be withdrawn by others. */
  #turnAway(waiters: Waiter[]): void {
    if (waiters.length === 0) return;
    if (this.#known && this.#known.left > 0) {
      this.#enqueue(waiters);
      return;
    }
    const mayCome = this.#known?.contested && !this.#known.full;
    const again: Waiter[] = [];
    for (const waiter of waiters) {
      if (mayCome && waiter.ties < MOST_TIES) again.push(waiter);
      else waiter.resolve(undefined);
    }
    if (again.length === 0) return;
    const ties = Math.min(TIE_PAUSE_MS.doublings, ...again.map((waiter) => waiter.ties));
    for (const waiter of again) waiter.ties += 1;
    const pause = randomInt(TIE_PAUSE_MS.least, TIE_PAUSE_MS.most * 2 ** ties);
    void this.#clock.sleep(pause).then(() => this.#enqueue(again));
  }

  #reservation(day: Day, { id, file }: Written): Reservation {
    let settled = false;
    return {
      id,
      day,
      settle: async (outcome) => {
        if (settled) return;
        settled = true;
        await file
          .settle(outcome, this.#clock.now())
          .finally(() => this.#undecided.release(file.name));
      },
    };
  }
}
