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
import { BudgetLimits } from './budget-limits.ts';
import { fits } from './days/amounts.ts';
import { ClosedDays } from './days/closed-days.ts';
import { type DayCount, DayCounter, isFull } from './days/day-counter.ts';
import { OpenReservations } from './days/open-reservations.ts';
import { ListingDoubt, notReliable } from './listing-doubt.ts';
import { OwnRecords } from './own-records.ts';
import { RecordFile } from './records/record-file.ts';
import { countTooMany, ReservationQueue, thoseWhoFit, type Waiter } from './reservation-queue.ts';

/** Days whose last count is remembered: around midnight there are two, a jumping clock has more. */
const DAYS_KNOWN = 4;

const NO_LIMIT = Number.POSITIVE_INFINITY;

/** A record that is written, and who waits for it. */
interface Written {
  waiter: Waiter;
  id: string;
  file: RecordFile;
}

/**
 * Keeps the budget as records beside the pictures, in the same store, for any number of replicas that
 * share nothing else.
 *
 * A reservation is written first and counted then; whoever finds more than the limits withdraws what
 * is too much, as far as it is its own. That never grants too much: of all who go on, take the one
 * that counted last. The others had written before they counted, so it has seen each of them, and
 * found no more than the limits; for a limit of the month it has seen the other days' as well. All
 * that is asked of the store is that a listing shows the store as it once was. One that lacks the process's own
 * reservation is behind, and grants nothing: whoever wrote last, and sees its own, sees each of the others.
 * Where replicas meet at the last of a budget all may withdraw, and try again after a pause of random
 * length. Within a process callers are served in batches, each for one day.
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
    /** Pictures per UTC day. */
    dailyLimit: number;
    /** Millionths of a US dollar per UTC day; no limit where absent. */
    dailyMicroUsd?: number | undefined;
    /** Millionths of a US dollar per calendar month in UTC; no limit where absent. */
    monthlyMicroUsd?: number | undefined;
    /** What the owner tells all replicas; where absent, the limits never change. */
    control?: Pick<SpendingControl, 'read' | 'changes'> | undefined;
    /** What part of a day's limits may be used, 1 by default. */
    share?: number;
    /** In how many hours a day's limits open, a part at each full one; 0, all at once, by default. */
    overHours?: number;
    clock: Clock;
    /** Shared with the process's other ledgers over the same records. */
    own?: OwnRecords;
    /** Hears of closed days whose records could not be folded. */
    notice?: Notice;
  }) {
    const { store, recordsPrefix, clock, own = new OwnRecords(), notice = () => {} } = options;
    this.#store = store;
    this.#recordsPrefix = recordsPrefix;
    this.#clock = clock;
    this.#own = own;
    this.#listingDoubt = new ListingDoubt(notice);
    this.#openReservations = new OpenReservations(clock);
    const { dailyMicroUsd = NO_LIMIT, monthlyMicroUsd = NO_LIMIT } = options;
    this.#limits = new BudgetLimits({
      control: undefined,
      share: 1,
      overHours: 0,
      ...options,
      configured: {
        pictures: options.dailyLimit,
        dayMicroUsd: dailyMicroUsd,
        monthMicroUsd: monthlyMicroUsd,
      },
    });
    this.#counter = new DayCounter({
      ...options,
      hasMonth: Number.isFinite(monthlyMicroUsd),
      openReservations: this.#openReservations,
      own,
    });
    this.#closedDays = new ClosedDays({ store, recordsPrefix, clock, notice });
    this.#line = new ReservationQueue(clock, (day, batch) => this.#serveBatch(day, batch));
  }

  async reserve(draft: GenerationDraft): Promise<Reservation | undefined> {
    const [doubt] = await Promise.all([this.#store.doubt?.(), this.#limits.recent(draft.day)]);
    if (doubt) throw notReliable(doubt);
    return this.#limits.areZero(draft.day) ? undefined : this.#line.join(draft);
  }

  isSpent(day: Day): boolean {
    // Whatever fails there concerns whoever reserves, and is told to them.
    void this.#limits.recent(day).catch(() => {});
    const from = this.#known(day)?.fullFromMicroUsd ?? Number.POSITIVE_INFINITY;
    return this.#limits.areZero(day) || Number.isFinite(from);
  }

  /** Resolves once nothing goes on behind the callers' backs. */
  finished(): Promise<void> {
    return this.#closedDays.finished();
  }

  /** Ends what goes on behind the callers' backs. */
  close(): Promise<void> {
    return this.#closedDays.close();
  }

  async #serveBatch(day: Day, batch: Waiter[]): Promise<void> {
    const known = this.#known(day);
    let admitted = thoseWhoFit(known?.left ?? this.#limits.of(day), batch);
    // What was reserved when it was last counted may have turned out cheaper, or been given back.
    const mayFit = batch.filter(({ draft }) => !isFull(known, draft.reservedMicroUsd));
    if (admitted.size === 0 && mayFit.length > 0) {
      const { left } = await this.#count(day, mayFit, this.#counter.picturesOf(day));
      admitted = thoseWhoFit(left, mayFit);
    }
    const rest = batch.filter((waiter) => !admitted.has(waiter));
    if (admitted.size > 0) rest.unshift(...(await this.#grant(day, [...admitted])));
    this.#turnAway(day, rest);
  }

  /** Writes a record for each, and gives back those for whom nothing was left. */
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
      // Also where the count failed: without it nothing is granted, and nothing stays written.
      withdrawn = await Promise.all(tooMany.map((each) => this.#withdraw(each)));
    }
    for (const { waiter } of tooMany) if (!withdrawn.includes(waiter)) waiter.resolve(undefined);
    return withdrawn.filter((waiter) => waiter !== undefined);
  }

  async #write(waiter: Waiter, written: Written[]): Promise<void> {
    const now = this.#clock.now();
    const { draft } = waiter;
    const place = { store: this.#store, recordsPrefix: this.#recordsPrefix, own: this.#own };
    const file = new RecordFile(place, draft, now);
    // A record of this name may be deleted, and the store may carry that out at any later time.
    waiter.draft = { ...draft, id: randomUUID() };
    this.#openReservations.claim(file.name);
    try {
      await file.reserve();
      written.push({ waiter, id: draft.id, file });
    } catch (error) {
      waiter.reject(error);
      // It may be written all the same. If it cannot be deleted either, it counts as used.
      await this.#withdraw({ waiter, id: draft.id, file });
    }
  }

  /**
   * The caller, who may be served again. Not so where the deletion fails: the record counts as used, and
   * another try would use up another unit.
   */
  async #withdraw({ waiter, file }: Written): Promise<Waiter | undefined> {
    this.#openReservations.release(file.name);
    return file.withdraw().then(
      () => waiter,
      () => undefined,
    );
  }

  /** Counts for the dearest of the callers. */
  async #count(
    day: Day,
    waiters: Waiter[],
    listed: Promise<ReadonlySet<string>>,
    written: readonly Written[] = [],
  ) {
    const dearest = waiters.reduce((most, { draft }) => Math.max(most, draft.reservedMicroUsd), 0);
    const limits = this.#limits.read(day);
    const names = written.map(({ file }) => file.name);
    const count = await this.#counter.count(day, dearest, { listed, limits, written: names });
    this.#counts.set(day, count);
    this.#closedDays.foldLater();
    return count;
  }

  /** The day's last count; none where the owner has said something else since, or the hour has. */
  #known(day: Day): DayCount | undefined {
    const count = this.#counts.get(day);
    return isDeepStrictEqual(count?.limits, this.#limits.of(day)) ? count : undefined;
  }

  /** Callers for whom nothing was left: others may have left something, or may yet withdraw. */
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
