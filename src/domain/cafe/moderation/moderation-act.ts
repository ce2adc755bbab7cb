import type { BackendFailure } from '../../kernel/errors.ts';
import type { PageChange } from './change-page-image.ts';

/** The owner's actions on an image and the pages that show it. */
export type ModerationName = 'approve' | 'hide' | 'restore' | 'delete';

/** Why an act ended before its last page. */
export type ModerationEnd =
  /** Another act on the same image has begun, on this replica or another. */
  | 'replaced'
  /** No such image exists in the store or on a page. */
  | 'not_found'
  | BackendFailure
  /** An unexpected error. */
  | 'internal';

/** The progress of an act. Times are milliseconds since the Unix epoch. */
export interface ModerationProgress {
  act: ModerationName;
  state: 'running' | 'done' | 'stopped' | 'failed';
  startedAt: number;
  endedAt: number | undefined;
  /** Pages to look at, and pages done. */
  total: number;
  done: number;
  /** Pages that now show another image. */
  changed: number;
  /** Pages that could not be changed. Repeating the act changes them. */
  busy: number;
  reason: ModerationEnd | undefined;
}

/** If an act has more pages than this, the request does not wait for its end. */
const MAX_WAITED_FOR = 50;

const STATES: Readonly<Record<ModerationEnd, ModerationProgress['state']>> = {
  replaced: 'stopped',
  not_found: 'failed',
  storage_unavailable: 'failed',
  database_unavailable: 'failed',
  internal: 'failed',
};

/** Counts the pages of one act on an image, and can stop it. */
export class ModerationAct {
  readonly #progress: ModerationProgress;
  readonly #turnsLong = Promise.withResolvers<void>();
  readonly #tell: () => void;

  /** @param tell called after every step */
  constructor(act: ModerationName, startedAt: number, tell: () => void = () => {}) {
    this.#tell = tell;
    this.#progress = {
      act,
      startedAt,
      state: 'running',
      endedAt: undefined,
      reason: undefined,
      total: 0,
      done: 0,
      changed: 0,
      busy: 0,
    };
  }

  /** Resolves once the act has too many pages to wait for its end. */
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

  /** Adds pages to look at. */
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

  /** Sets the number of busy pages to 0, because the caller tries them again. */
  forgetBusy(): void {
    this.#progress.busy = 0;
  }

  /** Starts no further page. The first reason counts. */
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
