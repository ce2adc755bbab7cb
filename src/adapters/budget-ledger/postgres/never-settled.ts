import type { Clock } from '../../../domain/kernel/clock.ts';
import { BackgroundTasks } from '../../../domain/kernel/concurrency.ts';
import type { Day } from '../../../domain/kernel/day.ts';
import type { Notice } from '../../../domain/kernel/notice.ts';
import { endReservations } from '../../postgres/budget-rows.ts';
import type { Database } from '../../postgres/database.ts';
import { lastClosedDay } from '../days/closed-days.ts';

interface NeverSettledDeps {
  database: Pick<Database, 'run' | 'transaction'>;
  clock: Clock;
  notice: Notice;
}

/**
 * Ends the reservations of closed days, whose processes crashed before they settled them. They become
 * `unknown` and keep their cost.
 */
export class NeverSettled {
  readonly #deps: NeverSettledDeps;
  readonly #tasks = new BackgroundTasks();
  #upTo: Day | undefined;

  constructor(deps: NeverSettledDeps) {
    this.#deps = deps;
  }

  /** Works in the background, once per day. Never throws and never waits. */
  endLater(): void {
    const last = lastClosedDay(this.#deps.clock.now());
    if (last === this.#upTo) return;
    this.#upTo = last;
    this.#tasks.add(this.#end(last));
  }

  /** Resolves once the current work is done. */
  finished(): Promise<void> {
    return this.#tasks.ended();
  }

  async #end(last: Day): Promise<void> {
    const { database, clock, notice } = this.#deps;
    const ended = { last, settledAt: new Date(clock.now()) };
    try {
      await database.transaction((transaction) => endReservations(transaction, ended));
    } catch (cause) {
      // The next batch of reservations tries again.
      this.#upTo = undefined;
      notice('reservations that were never settled cannot be ended', { cause });
    }
  }
}
