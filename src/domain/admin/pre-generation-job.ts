/** Why a job ended before its last page. */
export type PreGenerationEnd =
  /** As many pictures were bought as might be. */
  | 'most_bought'
  /** Today's budget is used up, or all is paused. */
  | 'no_budget'
  /** The owner wanted it. */
  | 'asked'
  /** The service stops. */
  | 'draining'
  | 'upstream_failed'
  | 'storage_unavailable'
  /** An unexpected error. */
  | 'internal';

/** How a job stands. Times are milliseconds since the Unix epoch. */
export interface PreGenerationProgress {
  id: string;
  state: 'running' | 'done' | 'stopped' | 'failed';
  startedAt: number;
  endedAt: number | undefined;
  /** Pages, each for each country: all, and those that are over with. */
  total: number;
  done: number;
  /** Of those done: got a picture now, had one, found no budget, or failed. */
  bought: number;
  there: number;
  fellBack: number;
  failed: number;
  /** Pictures that may be bought. */
  most: number;
  /** Millionths of a US dollar; what may have been billed counts in full. */
  spentMicroUsd: number;
  /** Why it ends early, from the moment on that this is known. */
  reason: PreGenerationEnd | undefined;
}

const STATES: Readonly<Record<PreGenerationEnd, PreGenerationProgress['state']>> = {
  most_bought: 'done',
  no_budget: 'stopped',
  asked: 'stopped',
  draining: 'stopped',
  upstream_failed: 'failed',
  storage_unavailable: 'failed',
  internal: 'failed',
};

/** The counts of one job, and whether it may go on: what is under way might all be bought. */
export class PreGenerationJob {
  readonly #progress: PreGenerationProgress;
  #begun = 0;
  #underWay = 0;
  /** Bought, or perhaps billed. */
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
   * Begins a further page, to be followed by {@link leave}: its place among all, from 0. Waits where it
   * depends on those under way whether it may be begun; `undefined` where it may not.
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

  /** There is no budget, which ends the job. */
  fellBack(): void {
    this.#count('fellBack');
    this.stop('no_budget');
  }

  failed(isBilled: boolean, costMicroUsd: number): void {
    this.#count('failed');
    this.#failuresInARow += 1;
    if (isBilled) this.#pay(costMicroUsd);
  }

  /** The first reason is the one that counts. */
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
