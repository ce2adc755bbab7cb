import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { BudgetLedger, Reservation } from '../../domain/budget/budget-ledger.ts';
import type { GenerationDraft } from '../../domain/budget/generation-record.ts';
import type { SpendingControl } from '../../domain/budget/spending-control.ts';
import { BoundedMap } from '../../domain/kernel/bounded-map.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Day } from '../../domain/kernel/day.ts';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { ImageKeys } from '../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import { areZero, BudgetLimits } from './budget-limits.ts';
import { ClosedDays } from './days/closed-days.ts';
import { type DayCount, DayCounter, fits, isFull } from './days/day-counter.ts';
import { OpenReservations, OwnRecords, RecordFile } from './own-records.ts';
import { ListingDoubt, notReliable } from './records/listed-records.ts';
import { countTooMany, ReservationQueue, thoseWhoFit, type Waiter } from './reservation-queue.ts';

/** Days whose last count is remembered: two around midnight, more if the clock jumps. */
const DAYS_KNOWN = 4;

/** A written record, and the caller waiting for it. */
interface Written {
  waiter: Waiter;
  id: string;
  file: RecordFile;
}

/**
 * Keeps the budget as records in the image store, for any number of replicas that share nothing else.
 *
 * A replica writes its reservations first and counts all records afterwards. If the count exceeds the
 * limits, it withdraws its own excess reservations. This never grants too much. Of all replicas that
 * keep a reservation, consider the one that wrote last: its listing includes its own reservation, so it
 * also includes all earlier ones, and the total was within the limits. The store only has to list a state
 * that existed at some time. A listing without the process's own reservation is out of date, and grants
 * nothing.
 *
 * If several replicas compete for the rest of a budget, all of them may withdraw. They try again after a
 * pause of random length. Within a process, callers are served in batches, each for one day.
 */
export class ObjectStoreBudgetLedger implements BudgetLedger {
  readonly #store: ObjectStore;
  readonly #recordsPrefix: string;
  readonly #limits: BudgetLimits;
  readonly #clock: Clock;
  readonly #openReservations: OpenReservations;
  readonly #counter: DayCounter;
  readonly #closedDays: ClosedDays;
  readonly #counts = new BoundedMap<Day, DayCount>(DAYS_KNOWN);
  readonly #line: ReservationQueue;
  readonly #own: OwnRecords;
  readonly #listingDoubt: ListingDoubt;

  constructor(options: {
    store: ObjectStore;
    keys: ImageKeys;
    /** Outside the public prefix, without slashes at its ends. */
    recordsPrefix: string;
    /** Images per UTC day. */
    dailyLimit: number;
    /** Millionths of a US dollar per UTC day; no limit if absent. */
    dailyMicroUsd?: number | undefined;
    /** Millionths of a US dollar per calendar month in UTC; no limit if absent. */
    monthlyMicroUsd?: number | undefined;
    /** The owner's settings for all replicas; if absent, the limits never change. */
    control?: Pick<SpendingControl, 'read' | 'changes'> | undefined;
    /** The part of a day's limits that may be used. Default: 1. */
    share?: number;
    /** Hourly pacing: the hours over which a day's limits become available. Default: 0, all at once. */
    overHours?: number;
    clock: Clock;
    /** Shared with the process's other ledgers over the same records. */
    own?: OwnRecords;
    /** Called if the records of a closed day cannot be folded. */
    notice?: Notice;
  }) {
    const { store, recordsPrefix, clock, own = new OwnRecords(), notice = () => {} } = options;
    this.#store = store;
    this.#recordsPrefix = recordsPrefix;
    this.#clock = clock;
    this.#own = own;
    this.#listingDoubt = new ListingDoubt(clock, notice);
    this.#openReservations = new OpenReservations(clock);
    this.#limits = new BudgetLimits(options);
    this.#counter = new DayCounter({
      ...options,
      hasMonth: Number.isFinite(options.monthlyMicroUsd),
      openReservations: this.#openReservations,
      own,
    });
    this.#closedDays = new ClosedDays({ store, recordsPrefix, clock, notice });
    this.#line = new ReservationQueue(clock, (day, batch) => this.#serveBatch(day, batch));
  }

  async reserve(draft: GenerationDraft): Promise<Reservation | undefined> {
    // It could not keep the limits of an account, and money must not go unnoticed.
    if (draft.account !== undefined) throw new Error('accounts need a ledger in a database');
    const recent = this.#limits.recent(draft.day);
    const [doubt, limits] = await Promise.all([this.#store.doubt?.(), recent]);
    if (doubt) throw notReliable(doubt);
    this.#listingDoubt.checkPause();
    return areZero(limits) ? undefined : this.#line.join(draft);
  }

  isSpent(day: Day): boolean {
    // A failure is reported by the next call of `reserve`.
    void this.#limits.recent(day).catch(() => {});
    const limits = this.#limits.of(day);
    const from = this.#known(day, limits)?.fullFromMicroUsd ?? Number.POSITIVE_INFINITY;
    return areZero(limits) || Number.isFinite(from);
  }

  /** Resolves once all background work is done. */
  finished(): Promise<void> {
    return this.#closedDays.finished();
  }

  /** Stops the background work. */
  close(): Promise<void> {
    return this.#closedDays.close();
  }

  async #serveBatch(day: Day, batch: Waiter[]): Promise<void> {
    const limits = this.#limits.of(day);
    const known = this.#known(day, limits);
    let admitted = thoseWhoFit(known?.left ?? limits, batch);
    // Reservations of the last count may have been cheaper, or withdrawn, so count again.
    const mayFit = batch.filter(({ draft }) => !isFull(known, draft.reservedMicroUsd));
    if (admitted.size === 0 && mayFit.length > 0) {
      const { left } = await this.#count(day, mayFit, this.#counter.picturesOf(day));
      admitted = thoseWhoFit(left, mayFit);
    }
    const rest = batch.filter((waiter) => !admitted.has(waiter));
    if (admitted.size > 0) rest.unshift(...(await this.#grant(day, [...admitted])));
    if (rest.length > 0) this.#turnAway(day, rest);
  }

  /** Writes a record for each caller. Returns the callers that got nothing because the budget is used up. */
  async #grant(day: Day, waiters: Waiter[]): Promise<Waiter[]> {
    const written: Written[] = [];
    const pictures = this.#counter.picturesOf(day);
    await Promise.allSettled([pictures, ...waiters.map((each) => this.#write(each, written))]);
    const tooMany = [...written];
    let withdrawn: (Waiter | undefined)[] = [];
    try {
      const count = await this.#count(day, waiters, pictures, written);
      this.#listingDoubt.check(count);
      const asked = written.map(({ waiter }) => waiter);
      const fitting = asked.length - countTooMany(count.left, asked);
      for (const each of tooMany.splice(0, fitting)) each.waiter.resolve(this.#reservation(each));
    } finally {
      // If the count failed, nothing is granted, and this withdraws all reservations.
      withdrawn = await Promise.all(tooMany.map((each) => this.#withdraw(each)));
    }
    for (const { waiter } of tooMany) if (!withdrawn.includes(waiter)) waiter.resolve(undefined);
    return withdrawn.filter((waiter) => waiter !== undefined);
  }

  async #write(waiter: Waiter, written: Written[]): Promise<void> {
    const now = this.#clock.now();
    const { draft } = waiter;
    const deps = { store: this.#store, recordsPrefix: this.#recordsPrefix, own: this.#own };
    const file = new RecordFile(deps, draft, now);
    // A retry needs a new ID: the store may execute a delete of this record at any later time.
    waiter.draft = { ...draft, id: randomUUID() };
    this.#openReservations.claim(file.name);
    try {
      await file.reserve();
      written.push({ waiter, id: draft.id, file });
    } catch (error) {
      waiter.reject(error);
      // The write may still have succeeded. If the record cannot be deleted either, it counts as used.
      await this.#withdraw({ waiter, id: draft.id, file });
    }
  }

  /**
   * Returns the caller, who may be served again; `undefined` if the deletion failed. In that case the
   * record counts as used, and another attempt would use another unit of the budget.
   */
  async #withdraw({ waiter, file }: Written): Promise<Waiter | undefined> {
    this.#openReservations.release(file.name);
    return file.withdraw().then(
      () => waiter,
      () => undefined,
    );
  }

  async #count(
    day: Day,
    waiters: Waiter[],
    listed: Promise<ReadonlySet<string>>,
    written: readonly Written[] = [],
  ) {
    const maxPrice = Math.max(0, ...waiters.map(({ draft }) => draft.reservedMicroUsd));
    const limits = this.#limits.read(day);
    const names = written.map(({ file }) => file.name);
    const count = await this.#counter.count(day, maxPrice, { listed, limits, written: names });
    this.#counts.set(day, count);
    this.#closedDays.foldLater();
    return count;
  }

  /** The day's last count; `undefined` if the limits have changed since. */
  #known(day: Day, limits = this.#limits.of(day)): DayCount | undefined {
    const count = this.#counts.get(day);
    return isDeepStrictEqual(count?.limits, limits) ? count : undefined;
  }

  /** Rejects callers, or queues them again if there may be budget left, now or after withdrawals. */
  #turnAway(day: Day, waiters: Waiter[]): void {
    const known = this.#known(day);
    const { now, later, never } = Object.groupBy(waiters, ({ draft }) => {
      if (known && fits(known.left, draft.reservedMicroUsd)) return 'now';
      return known?.contested && !isFull(known, draft.reservedMicroUsd) ? 'later' : 'never';
    });
    for (const waiter of never ?? []) waiter.resolve(undefined);
    this.#line.back(now ?? []);
    this.#line.backLater(later ?? []);
  }

  #reservation({ id, file }: Written): Reservation {
    let settled = false;
    return {
      id,
      settle: async (outcome) => {
        if (settled) return;
        settled = true;
        await file
          .settle(outcome, this.#clock.now())
          .finally(() => this.#openReservations.release(file.name));
      },
    };
  }
}
