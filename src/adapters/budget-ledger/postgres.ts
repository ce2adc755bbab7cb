import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { BudgetLedger, Reservation } from '../../domain/budget/budget-ledger.ts';
import type { GenerationDraft } from '../../domain/budget/generation-record.ts';
import type { SpendingControl } from '../../domain/budget/spending-control.ts';
import { BoundedMap } from '../../domain/kernel/bounded-map.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Day } from '../../domain/kernel/day.ts';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { AccountLimits } from '../../domain/limits/account-limits.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import { countRows, insertGenerations, lockMonth } from '../postgres/budget-rows.ts';
import type { Database } from '../postgres/database.ts';
import { withoutRows } from '../postgres/generation-rows.ts';
import { areZero, BudgetLimits } from './budget-limits.ts';
import type { Amounts } from './days/day-counter.ts';
import { OpenReservations } from './own-records.ts';
import { NeverSettled } from './postgres/never-settled.ts';
import { reservedRow } from './postgres/reserved-row.ts';
import { Settlements } from './postgres/settlements.ts';
import type { StoredDays } from './postgres/stored-days.ts';
import { admit, findAccounts, fullFrom } from './postgres/usage.ts';
import { notReliable } from './records/listed-records.ts';
import { ReservationQueue, type Waiter } from './reservation-queue.ts';

/** Days whose last count is remembered: two around midnight, more if the clock jumps. */
const DAYS_KNOWN = 4;
const NO_LIMIT = Number.POSITIVE_INFINITY;

export interface PostgresBudgetLedgerOptions {
  database: Pick<Database, 'run' | 'transaction'>;
  /** Its `doubt` is called before each purchase. */
  store: ObjectStore;
  /** Shared with the process's other ledgers over the same database. */
  storedDays: StoredDays;
  /** Pictures per UTC day. */
  dailyLimit: number;
  /** Millionths of a US dollar per UTC day; no limit if absent. */
  dailyMicroUsd?: number | undefined;
  /** Millionths of a US dollar per calendar month in UTC; no limit if absent. */
  monthlyMicroUsd?: number | undefined;
  /** What each account may reserve; without them, as much as the whole service. */
  accountLimits?: AccountLimits | undefined;
  /** The owner's settings for all replicas, in the same database; if absent, the limits never change. */
  control?: Pick<SpendingControl, 'read' | 'changes' | 'stateIn'> | undefined;
  /** The part of a day's limits that may be used. Default: 1. */
  share?: number;
  /** Hourly pacing: the hours over which a day's limits become available. Default: 0, all at once. */
  overHours?: number;
  clock: Clock;
  /** Called if a reservation cannot be settled. */
  notice?: Notice;
}

/** The last count of a day. */
interface LastCount {
  limits: Amounts;
  /** See `DayCount`. */
  fullFromMicroUsd: number;
}

/**
 * Keeps the budget in PostgreSQL, for any number of replicas: one row per generation, and for each day a
 * row with its sums.
 *
 * A reservation is one transaction at READ COMMITTED. Its first statement locks the month's row, so the
 * reservations of a month run one after another. Its second statement counts. At READ COMMITTED, each
 * statement sees all that was committed when it starts, so the count includes every earlier reservation of
 * the month. Until this transaction ends, no other can add one. So if the count plus the new reservations is
 * within the limits, the committed total is within them too. The limits are never exceeded, and nothing that
 * fits is refused. (REPEATABLE READ would be wrong: its view may be older than the lock. SERIALIZABLE would
 * fail where this one waits.) A settlement needs no lock of the month. It changes a generation and the sums
 * of its day in one statement, so every count sees both or neither, and it never adds an image. It adds cost
 * only if a call cost more than its reservation, which no count can foresee.
 *
 * The owner's instructions are read in the counting statement, so they apply to every reservation that is
 * counted after their commit. Images without a row are counted from the last listing of the store, which may
 * miss the newest ones: see `StoredDays`. Callers of a process that wait at the same time share a
 * transaction.
 *
 * If the database is unavailable, nothing is reserved. If the response to a commit is lost, `reserve` throws
 * `database_unavailable` as well. The reservations may exist, so they are withdrawn in the background. If
 * that fails, they count as used.
 */
export class PostgresBudgetLedger implements BudgetLedger {
  readonly #options: PostgresBudgetLedgerOptions;
  readonly #limits: BudgetLimits;
  readonly #counts = new BoundedMap<Day, LastCount>(DAYS_KNOWN);
  readonly #openReservations: OpenReservations;
  readonly #queue: ReservationQueue;
  readonly #settlements: Settlements;
  readonly #neverSettled: NeverSettled;

  constructor(options: PostgresBudgetLedgerOptions) {
    const { database, clock, notice = () => {} } = options;
    this.#options = options;
    this.#openReservations = new OpenReservations(clock);
    this.#limits = new BudgetLimits(options);
    this.#queue = new ReservationQueue(clock, (day, batch) => this.#serveBatch(day, batch));
    this.#settlements = new Settlements({ database, clock, notice });
    this.#neverSettled = new NeverSettled({ database, clock, notice });
  }

  async reserve(draft: GenerationDraft): Promise<Reservation | undefined> {
    const { store } = this.#options;
    const [doubt, limits] = await Promise.all([store.doubt?.(), this.#limits.recent(draft.day)]);
    if (doubt) throw notReliable(doubt);
    return areZero(limits) ? undefined : this.#queue.join(draft);
  }

  isSpent(day: Day): boolean {
    // A failure is reported by the next call of `reserve`.
    void this.#limits.recent(day).catch(() => {});
    return areZero(this.#limits.of(day)) || Number.isFinite(this.#fullFrom(day));
  }

  /** Resolves once all background work is done. */
  async finished(): Promise<void> {
    await Promise.all([
      this.#settlements.finished(),
      this.#neverSettled.finished(),
      this.#options.storedDays.finished(),
    ]);
  }

  /** Stops the background work. */
  async close(): Promise<void> {
    await this.#settlements.close();
    await this.finished();
  }

  async #serveBatch(day: Day, batch: Waiter[]): Promise<void> {
    const { full, open = [] } = Object.groupBy(batch, ({ draft }) =>
      draft.reservedMicroUsd >= this.#fullFrom(day) ? 'full' : 'open',
    );
    for (const waiter of full ?? []) waiter.resolve(undefined);
    if (open.length === 0) return;
    const granted = await this.#reserveTogether(day, open);
    for (const waiter of open) {
      waiter.resolve(granted.has(waiter) ? this.#reservation(waiter.draft) : undefined);
    }
    this.#neverSettled.endLater();
  }

  /** Returns the callers that got a reservation. No id is used twice. */
  async #reserveTogether(day: Day, waiters: Waiter[]): Promise<Set<Waiter>> {
    renew(waiters.filter(({ draft }) => this.#settlements.hasWithdrawn(draft.id)));
    try {
      return await this.#tryReserve(day, waiters);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      renew(waiters);
      return this.#tryReserve(day, waiters);
    }
  }

  async #tryReserve(day: Day, waiters: Waiter[]): Promise<Set<Waiter>> {
    const { database, storedDays, accountLimits, clock } = this.#options;
    const stored = await storedDays.read(day);
    /** Callers whose rows are written and not committed yet. */
    let written: Waiter[] = [];
    try {
      const { granted, count } = await database.transaction(async (transaction) => {
        written = [];
        await lockMonth(transaction, day);
        const rows = await countRows(transaction, day);
        const { generations, isFolded } = stored;
        const unrecorded = await withoutRows(transaction, generations);
        const limits = await this.#limitsIn(day, rows);
        const { lost } = this.#openReservations.judge(new Set(rows.reserved.map(({ id }) => id)));
        const accounts = await findAccounts(transaction, waiters, {
          accountLimits,
          day,
          now: clock.now(),
        });
        const findings = { day, limits, rows, unrecorded, isFolded, lost, accounts };
        const granted = admit(findings, waiters);
        const fullFromMicroUsd =
          granted.length < waiters.length ? fullFrom(findings, waiters) : NO_LIMIT;
        if (granted.length > 0) {
          const reservedAt = new Date(clock.now()).toISOString();
          const drafts = granted.map(({ draft }) => reservedRow(draft, reservedAt));
          await insertGenerations(transaction, drafts);
        }
        written = granted;
        return { granted, count: { limits, fullFromMicroUsd } };
      });
      this.#counts.set(day, count);
      return new Set(granted);
    } catch (error) {
      this.#settlements.withdraw(written.map(({ draft }) => draft));
      throw error;
    }
  }

  #limitsIn(day: Day, { instructions }: Awaited<ReturnType<typeof countRows>>): Promise<Amounts> {
    const { control } = this.#options;
    return this.#limits.read(day, control && (async () => control.stateIn(instructions)));
  }

  /** `Infinity` if the limits have changed since the last count. */
  #fullFrom(day: Day): number {
    const count = this.#counts.get(day);
    return count && isDeepStrictEqual(count.limits, this.#limits.of(day))
      ? count.fullFromMicroUsd
      : NO_LIMIT;
  }

  #reservation(draft: GenerationDraft): Reservation {
    const { id } = draft;
    this.#openReservations.claim(id);
    let isSettled = false;
    return {
      id,
      settle: async (outcome) => {
        if (isSettled) return;
        isSettled = true;
        await this.#settlements
          .settle(draft, outcome)
          .finally(() => this.#openReservations.release(id));
      },
    };
  }
}

/** Gives new ids to callers that try again. */
function renew(waiters: readonly Waiter[]): void {
  for (const waiter of waiters) waiter.draft = { ...waiter.draft, id: randomUUID() };
}

/** A row of that id exists. */
function isDuplicate(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  return code === '23505' && constraint === 'generations_pkey';
}
