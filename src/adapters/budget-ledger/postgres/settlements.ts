import type {
  GenerationDraft,
  GenerationOutcome,
} from '../../../domain/budget/generation-record.ts';
import { BoundedMap } from '../../../domain/kernel/bounded-map.ts';
import type { Clock } from '../../../domain/kernel/clock.ts';
import { BackgroundTasks } from '../../../domain/kernel/concurrency.ts';
import { CafeError } from '../../../domain/kernel/errors.ts';
import type { Notice } from '../../../domain/kernel/notice.ts';
import { lockMonth, type Settlement, settleGeneration } from '../../postgres/budget-rows.ts';
import type { Database } from '../../postgres/database.ts';
import { MAX_COST_MICRO_USD } from '../records/listed-records.ts';

/** Pauses in milliseconds before each further attempt; together about five minutes. */
const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 15_000, ...Array<number>(9).fill(30_000)];

interface SettlementsDeps {
  database: Pick<Database, 'run' | 'transaction'>;
  clock: Clock;
  /** Called if a settlement is given up. */
  notice: Notice;
}

/** Withdrawn reservations whose ids are remembered. Callers try again within seconds, if at all. */
const WITHDRAWN_KNOWN = 1000;

/** Settles reservations. If the database is unavailable, tries again in the background. */
export class Settlements {
  readonly #deps: SettlementsDeps;
  readonly #stop = Promise.withResolvers<void>();
  readonly #tasks = new BackgroundTasks();
  readonly #withdrawn = new BoundedMap<string, true>(WITHDRAWN_KNOWN);
  #isStopped = false;

  constructor(deps: SettlementsDeps) {
    this.#deps = deps;
  }

  /**
   * @throws CafeError `database_unavailable`. The settlement is then tried again in the background. Until it
   *   succeeds, the reserved amount counts.
   */
  async settle(draft: GenerationDraft, outcome: GenerationOutcome): Promise<void> {
    const { database, clock } = this.#deps;
    const settlement = settlementOf(draft, outcome, new Date(clock.now()));
    const attempt = () => database.run((queries) => settleGeneration(queries, settlement));
    try {
      await attempt();
    } catch (error) {
      if (isAway(error)) this.#tasks.add(this.#retry(draft.id, attempt));
      throw error;
    }
  }

  /**
   * Returns reservations to the budget. Their transaction may have been committed although its response was
   * lost. That transaction holds the month's lock until it ends, so this waits for the lock first. After
   * that, it is certain whether the reservations exist.
   */
  withdraw(drafts: readonly GenerationDraft[]): void {
    const { database, clock } = this.#deps;
    const outcome = { state: 'refused', reason: 'database_unavailable', durationMs: 0 } as const;
    for (const draft of drafts) {
      this.#withdrawn.set(draft.id, true);
      const settlement = settlementOf(draft, outcome, new Date(clock.now()));
      const attempt = () =>
        database.transaction(async (transaction) => {
          await lockMonth(transaction, draft.day);
          await settleGeneration(transaction, settlement);
        });
      this.#tasks.add(this.#retry(draft.id, attempt));
    }
  }

  /** Whether the reservation with this id was or will be withdrawn. No other reservation may use its id. */
  hasWithdrawn(id: string): boolean {
    return this.#withdrawn.get(id) !== undefined;
  }

  /** Resolves once no attempt is in progress. */
  finished(): Promise<void> {
    return this.#tasks.ended();
  }

  /** Starts no more attempts, and resolves once the current ones have ended. */
  async close(): Promise<void> {
    this.#isStopped = true;
    this.#stop.resolve();
    await this.finished();
  }

  async #retry(id: string, attempt: () => Promise<void>): Promise<void> {
    for (const pauseMs of PAUSES_MS) {
      await Promise.race([this.#deps.clock.sleep(pauseMs, { ref: false }), this.#stop.promise]);
      if (this.#isStopped) break;
      const failure = await attempt().then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      if (!failure) return;
      if (!isAway(failure.error)) return this.#giveUp(id, failure.error);
    }
    this.#giveUp(id, undefined);
  }

  #giveUp(id: string, cause: unknown): void {
    this.#deps.notice('a reservation cannot be settled, so it counts as spent', { id, cause });
  }
}

function settlementOf(
  draft: GenerationDraft,
  outcome: GenerationOutcome,
  settledAt: Date,
): Settlement {
  const { id, reservedMicroUsd } = draft;
  const paid = outcome.state === 'spent' ? outcome.costMicroUsd : reservedMicroUsd;
  const costMicroUsd = outcome.state === 'refused' ? 0 : Math.min(paid, MAX_COST_MICRO_USD);
  return { id, reservedMicroUsd, outcome, costMicroUsd, settledAt };
}

function isAway(error: unknown): boolean {
  return error instanceof CafeError && error.code === 'database_unavailable';
}
