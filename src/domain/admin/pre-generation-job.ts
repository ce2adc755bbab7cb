import type { BackendFailure } from '../kernel/errors.ts';

/** Why a job ended before its last page. */
export type PreGenerationEnd =
  /** The maximum number of images was generated. */
  | 'most_bought'
  /** Today's budget is used up, or generation is paused. */
  | 'no_budget'
  /** The owner stopped it. */
  | 'asked'
  /** The service is stopping. */
  | 'draining'
  | 'upstream_failed'
  | BackendFailure
  /** An unexpected error. */
  | 'internal';

/** A job's progress. Times are milliseconds since the Unix epoch. */
export interface PreGenerationProgress {
  id: string;
  state: 'running' | 'done' | 'stopped' | 'failed';
  startedAt: number;
  endedAt: number | undefined;
  /** Pages times countries: all, and those processed. */
  total: number;
  done: number;
  /** Of those processed: got a new image, had one, found no budget, or failed. */
  bought: number;
  there: number;
  fellBack: number;
  failed: number;
  /** Maximum number of images to generate. */
  most: number;
  /** Millionths of a US dollar; calls that may have been billed count in full. */
  spentMicroUsd: number;
  /** Why it ends early, as soon as that is known. */
  reason: PreGenerationEnd | undefined;
}

const STATES: Readonly<Record<PreGenerationEnd, PreGenerationProgress['state']>> = {
  most_bought: 'done',
  no_budget: 'stopped',
  asked: 'stopped',
  draining: 'stopped',
  upstream_failed: 'failed',
  storage_unavailable: 'failed',
  database_unavailable: 'failed',
  internal: 'failed',
};

/**
 * Counts one job's results and decides whether it may continue. Assumes that all pages in progress
 * will be paid for.
 */
export class PreGenerationJob {
  readonly #progress: PreGenerationProgress;
  #begun = 0;
  #underWay = 0;
  /** Images generated, or calls that may have been billed. */
  #paid = 0;
  #failuresInARow = 0;
  #change = Promise.withResolvers<void>();

  constructor(parts: Pick<PreGenerationProgress, 'id' | 'total' | 'most' | 'startedAt'>) {
    this.#progress = {
      ...parts,
      state: 'running',
      endedAt: undefined,
      reason: undefined,
      done: 0,
      bought: 0,
      there: 0,
      fellBack: 0,
      failed: 0,
      spentMicroUsd: 0,
    };
  }

  get failuresInARow(): number {
    return this.#failuresInARow;
  }

  progress(): PreGenerationProgress {
    return { ...this.#progress };
  }

  /**
   * Starts the next page and returns its index from 0; call {@link leave} afterwards. Waits if
   * pages in progress decide whether it may start; `undefined` if it may not.
   */
  async enter(): Promise<number | undefined> {
    const { total, most } = this.#progress;
    while (this.#begun < total && this.#progress.reason === undefined) {
      if (this.#paid + this.#underWay < most) {
        this.#underWay += 1;
        this.#begun += 1;
        return this.#begun - 1;
      }
      if (this.#paid >= most) this.stop('most_bought');
      else await this.#change.promise;
    }
    return undefined;
  }

  leave(): void {
    this.#underWay -= 1;
    this.#tellWaiting();
  }

  bought(costMicroUsd: number): void {
    this.#count('bought');
    this.#pay(costMicroUsd);
    this.#failuresInARow = 0;
  }

  wasThere(): void {
    this.#count('there');
  }

  /** The budget is used up, which ends the job. */
  fellBack(): void {
    this.#count('fellBack');
    this.stop('no_budget');
  }

  failed(isBilled: boolean, costMicroUsd: number): void {
    this.#count('failed');
    this.#failuresInARow += 1;
    if (isBilled) this.#pay(costMicroUsd);
  }

  /** The first reason counts. */
  stop(reason: PreGenerationEnd): void {
    this.#progress.reason ??= reason;
    this.#tellWaiting();
  }

  end(now: number): void {
    const { reason } = this.#progress;
    this.#progress.state = reason === undefined ? 'done' : STATES[reason];
    this.#progress.endedAt = now;
  }

  #count(outcome: 'bought' | 'there' | 'fellBack' | 'failed'): void {
    this.#progress[outcome] += 1;
    this.#progress.done += 1;
  }

  #pay(costMicroUsd: number): void {
    this.#paid += 1;
    this.#progress.spentMicroUsd += costMicroUsd;
  }

  #tellWaiting(): void {
    const { resolve } = this.#change;
    this.#change = Promise.withResolvers<void>();
    resolve();
  }
}
