import type { PageChange } from './change-page-image.ts';

/** What the owner does to a picture, and so to the pages that show it. */
export type ModerationName = 'approve' | 'hide' | 'restore' | 'delete';

/** Why an act ended before its last page. */
export type ModerationEnd =
  /** Another act on the same picture has begun, here or on another replica. */
  | 'replaced'
  /** There is no such picture, neither in the store nor on a page. */
  | 'not_found'
  | 'storage_unavailable'
  /** Something that nobody expected. */
  | 'internal';

/** How an act stands. Times are milliseconds since the Unix epoch. */
export interface ModerationProgress {
  act: ModerationName;
  state: 'running' | 'done' | 'stopped' | 'failed';
  startedAt: number;
  endedAt: number | undefined;
  /** Pages to look at, and those that were. */
  total: number;
  done: number;
  /** Pages that show something else now. */
  changed: number;
  /** Pages that could not be changed: doing the same again does it. */
  busy: number;
  reason: ModerationEnd | undefined;
}

/** With more pages than that, nobody waits for an act to end. */
const MAX_WAITED_FOR = 50;

const STATES: Readonly<Record<ModerationEnd, ModerationProgress['state']>> = {
  replaced: 'stopped',
  not_found: 'failed',
  storage_unavailable: 'failed',
  internal: 'failed',
};

/** Counts the pages of one act on a picture, and says whether it may go on. */
export class ModerationAct {
  readonly #progress: ModerationProgress;
  readonly #turnsLong = Promise.withResolvers<void>();
  readonly #tell: () => void;

  /** @param tell hears of every step */
  constructor(act: ModerationName, startedAt: number, tell: () => void = () => {}) {
    this.#tell = tell;
    this.#progress = {
      ...{ act, startedAt, state: 'running', endedAt: undefined, reason: undefined },
      ...{ total: 0, done: 0, changed: 0, busy: 0 },
    };
  }

  /** Resolves once there turn out to be so many pages that nobody is to wait for the end. */
  get turnsLong(): Promise<void> {
    return this.#turnsLong.promise;
  }

  get isStopped(): boolean {
    return this.#progress.reason !== undefined;
  }

  get changed(): number {
    return this.#progress.changed;
  }

  get busy(): number {
    return this.#progress.busy;
  }

  progress(): ModerationProgress {
    return { ...this.#progress };
  }

  /** So many pages are to be looked at from here on. */
  expect(pages: number): void {
    this.#progress.total = this.#progress.done + pages;
    if (pages > MAX_WAITED_FOR) this.#turnsLong.resolve();
    this.#tell();
  }

  count(change: PageChange): void {
    this.#progress.done += 1;
    if (change === 'changed') this.#progress.changed += 1;
    if (change === 'busy') this.#progress.busy += 1;
    this.#tell();
  }

  /** Those that were busy are looked at once more. */
  forgetBusy(): void {
    this.#progress.busy = 0;
  }

  /** Begins with no further page. The first reason is the one that counts. */
  stop(reason: ModerationEnd): void {
    this.#progress.reason ??= reason;
  }

  end(now: number): void {
    const { reason } = this.#progress;
    this.#progress.state = reason === undefined ? 'done' : STATES[reason];
    this.#progress.endedAt = now;
    this.#tell();
  }
}
