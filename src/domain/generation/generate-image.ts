import type { BudgetLedger, Reservation } from '../budget/budget-ledger.ts';
import type {
  GenerationDraft,
  GenerationOutcome,
  GenerationSubject,
} from '../budget/generation-record.ts';
import { BackgroundTasks } from '../kernel/background-tasks.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Day } from '../kernel/day.ts';
import { type Billing, draining, GenerationError } from '../kernel/errors.ts';
import type { Semaphore } from '../kernel/semaphore.ts';
import { DailyCounter } from '../limits/daily-counter.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { GeneratedImage, ImageGenerator } from './image-generator.ts';
import { ImagesInProgress } from './images-in-progress.ts';

/** An image to be generated. */
export interface GenerationOrder {
  /** A lower-case UUID. The ledger may replace it: see {@link PaidCall.id}. */
  id: string;
  /** The UTC day that is charged. */
  day: Day;
  subject: GenerationSubject;
  prompt: string;
}

/** A call that has its reservation and its turn, until its image is stored. */
export interface PaidCall {
  /** The reservation's id, which the image gets, too. */
  readonly id: string;
  readonly draft: GenerationDraft;
  readonly reservation: Reservation;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Milliseconds, monotonic. */
  readonly started: number;
}

/** What a call brought, and what it cost. */
export interface PaidImage {
  image: GeneratedImage;
  durationMs: number;
}

/** Why a call brought nothing, and what that cost. */
export interface FailedCall {
  /** The model asked first. */
  model: string;
  reason: string;
  billing: Billing;
  durationMs: number;
  /** Millionths of a US dollar: 0 for a refusal, else the reserved amount, as it may have been billed. */
  costMicroUsd: number;
}

export interface GenerateImageDeps {
  generator: ImageGenerator;
  /** Calls a day that may end without an image because of their prompt. */
  maxModerated: number;
  slots: Semaphore;
  clock: Clock;
  journal: Journal;
}

/**
 * Buys an image in four steps: {@link begin} reserves budget and waits for a turn, {@link call} calls the
 * generator and settles the reservation, {@link fail} settles it where nothing came of the call, and
 * {@link end} gives the turn to the next. There is no call without a reservation.
 */
export class GenerateImage {
  readonly #deps: GenerateImageDeps;
  readonly #settlings = new BackgroundTasks();
  readonly #moderated: DailyCounter;
  readonly #running = new Set<PaidCall>();
  readonly #inProgress = new ImagesInProgress();
  #waiting = 0;

  constructor(deps: GenerateImageDeps) {
    this.#deps = deps;
    this.#moderated = new DailyCounter(deps.clock);
  }

  /**
   * Reserves budget and waits for a turn. `undefined` where the ledger has nothing left. Every call that
   * begins has to {@link end}. Until then no other takes its turn, so at most as many images are in
   * memory as calls may run.
   *
   * @throws GenerationError where the generator is known to refuse; CafeError `draining` once closed
   */
  async begin(order: GenerationOrder, ledger: BudgetLedger): Promise<PaidCall | undefined> {
    const refusal = this.refusal();
    if (refusal) throw refusal;
    const { generator, clock } = this.#deps;
    const draft: GenerationDraft = {
      ...order,
      model: generator.model,
      reservedMicroUsd: generator.dearestMicroUsd,
    };
    const reservation = await ledger.reserve(draft);
    if (!reservation) return undefined;
    this.#inProgress.begin();
    if (!(await this.#turn())) {
      await this.#settle(reservation, { state: 'refused', reason: 'draining', durationMs: 0 });
      this.#inProgress.end(false);
      throw draining();
    }
    const { id } = reservation;
    const call = { id, draft, reservation, startedAt: clock.now(), started: clock.monotonic() };
    this.#running.add(call);
    return call;
  }

  /**
   * Calls the generator. The reservation is settled in the background: until that is written, the
   * reserved price counts.
   *
   * @param beforeCall awaited right before every call that may be billed; it rejects to prevent the call
   * @throws what the generator or `beforeCall` throws; {@link fail} has to follow
   */
  async call(call: PaidCall, beforeCall: () => Promise<void>): Promise<PaidImage> {
    const { prompt, reservedMicroUsd } = call.draft;
    // By the image, not by its subject: a page that is regenerated gets another image.
    const wish = { prompt, seed: call.id, reservedMicroUsd, beforeCall };
    const image = await this.#deps.generator.generate(wish);
    const durationMs = this.#elapsed(call);
    const { model, costMicroUsd, tokens } = image;
    const spent = { state: 'spent', model, costMicroUsd, durationMs } as const;
    this.#settlings.add(this.#settle(call.reservation, tokens ? { ...spent, tokens } : spent));
    return { image, durationMs };
  }

  /** What a failed call cost. Anything but a known refusal counts as spent, an unexpected error included. */
  failureOf(call: PaidCall, cause: unknown): FailedCall {
    const known = cause instanceof GenerationError ? cause : undefined;
    const billing = known?.billing ?? 'unknown';
    return {
      model: call.draft.model,
      reason: known?.reason ?? 'unexpected_error',
      billing,
      durationMs: this.#elapsed(call),
      costMicroUsd: billing === 'unknown' ? call.draft.reservedMicroUsd : 0,
    };
  }

  /** Settles a failed call. Resolves when its unit is back, where it cost none. */
  fail({ reservation }: PaidCall, { billing, reason, durationMs }: FailedCall): Promise<void> {
    if (reason === 'moderation_blocked') this.#moderated.add();
    return this.#settle(reservation, { state: billing, reason, durationMs });
  }

  /** The image is stored, or nothing came of the call. */
  end(call: PaidCall, isStored: boolean): void {
    this.#running.delete(call);
    this.#deps.slots.leave();
    this.#inProgress.end(isStored);
  }

  /**
   * What a call would fail with now, where that is known without making it. Refused prompts cost
   * nothing, but they are limited a day all the same.
   */
  refusal(): GenerationError | undefined {
    const { generator, maxModerated } = this.#deps;
    if (this.#moderated.today < maxModerated) return generator.refusal?.();
    return new GenerationError('upstream_failed', 'moderated_too_often', { billing: 'refused' });
  }

  /** The calls that run, and how many reservations wait for their turn. */
  underWay(): { running: readonly PaidCall[]; waiting: number } {
    return { running: [...this.#running], waiting: this.#waiting };
  }

  /** Resolves `true` with the next image that is stored; `false` once no call runs or waits for its turn. */
  nextImage(): Promise<boolean> {
    return this.#inProgress.next();
  }

  /** Starts no more calls. Those that wait for their turn give their unit back. */
  close(): void {
    this.#deps.slots.close();
  }

  /** Resolves when every price is written down. */
  finished(): Promise<void> {
    return this.#settlings.ended();
  }

  async #turn(): Promise<boolean> {
    this.#waiting += 1;
    try {
      return await this.#deps.slots.enter();
    } finally {
      this.#waiting -= 1;
    }
  }

  #elapsed({ started }: PaidCall): number {
    return Math.round(this.#deps.clock.monotonic() - started);
  }

  /** A reservation that is not settled counts as spent, so a failure here costs one unit and nothing else. */
  async #settle(reservation: Reservation, outcome: GenerationOutcome): Promise<void> {
    try {
      await reservation.settle(outcome);
    } catch (cause) {
      this.#deps.journal.record({ event: 'settling_failed', id: reservation.id, cause });
    }
  }
}
