import type { BudgetLedger, Reservation } from '../budget/budget-ledger.ts';
import type {
  GenerationDraft,
  GenerationOutcome,
  GenerationSubject,
} from '../budget/generation-record.ts';
import type { Clock } from '../kernel/clock.ts';
import { BackgroundTasks, type Semaphore } from '../kernel/concurrency.ts';
import type { Day } from '../kernel/day.ts';
import { type Billing, type CafeError, draining, GenerationError } from '../kernel/errors.ts';
import { DailyCounter } from '../limits/counters.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { GeneratedImage, ImageGenerator } from './image-generator.ts';
import { ImagesInProgress } from './images-in-progress.ts';

/** An image to generate. */
export interface GenerationOrder {
  /** A lower-case UUID. The ledger may replace it: see {@link PaidCall.id}. */
  id: string;
  /** The UTC day that is charged. */
  day: Day;
  subject: GenerationSubject;
  prompt: string;
}

/** A call with a reservation and a turn, until its image is stored. */
export interface PaidCall {
  /** The reservation's id, also the image's id. */
  readonly id: string;
  readonly draft: GenerationDraft;
  readonly reservation: Reservation;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Monotonic milliseconds. */
  readonly started: number;
}

/** The result of a call, and its cost. */
export interface PaidImage {
  image: GeneratedImage;
  durationMs: number;
}

/** Why a call returned no image, and its cost. */
export interface FailedCall {
  /** The model that was called first. */
  model: string;
  reason: string;
  billing: Billing;
  durationMs: number;
  /**
   * Millionths of a US dollar: 0 for a refusal, otherwise the reserved amount, because the call may
   * have been billed.
   */
  costMicroUsd: number;
}

export interface GenerateImageDeps {
  generator: ImageGenerator;
  /** Calls per day that may fail because of their prompt. */
  maxModerated: number;
  slots: Semaphore;
  clock: Clock;
  journal: Journal;
}

/**
 * Generates an image in four steps. {@link begin} reserves budget and waits for a turn. {@link
 * call} calls the generator and settles the reservation. {@link fail} settles it if the call
 * failed. {@link end} passes the turn on. There is no call without a reservation.
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
   * Reserves budget and waits for a turn. `undefined` if the budget is used up. {@link end} every
   * call that begins: until then it keeps its turn, so at most as many images are in memory as
   * calls may run.
   *
   * @param obstacle called before the reservation, and again when it is the call's turn
   * @throws GenerationError if a call is known to be refused; CafeError `draining` once closed, or
   *   the error that `obstacle` returns
   */
  async begin(
    order: GenerationOrder,
    ledger: BudgetLedger,
    obstacle: () => CafeError | undefined = () => undefined,
  ): Promise<PaidCall | undefined> {
    const refusal = this.refusal() ?? obstacle();
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
    const hasTurn = await this.#turn();
    const failure = hasTurn ? obstacle() : draining();
    if (failure) {
      if (hasTurn) this.#deps.slots.leave();
      await this.#settle(reservation, { state: 'refused', reason: failure.code, durationMs: 0 });
      this.#inProgress.end(false);
      throw failure;
    }
    const { id } = reservation;
    const call = { id, draft, reservation, startedAt: clock.now(), started: clock.monotonic() };
    this.#running.add(call);
    return call;
  }

  /**
   * Calls the generator. The reservation is settled in the background; until then the reserved
   * amount counts.
   *
   * @param beforeCall awaited before every call that may be billed; reject it to prevent the call
   * @throws the error of the generator or of `beforeCall`; call {@link fail} then
   */
  async call(call: PaidCall, beforeCall: () => Promise<void>): Promise<PaidImage> {
    const { prompt, reservedMicroUsd } = call.draft;
    // The seed depends on the image, not its subject: a regenerated page gets a different image.
    const wish = { prompt, seed: call.id, reservedMicroUsd, beforeCall };
    const image = await this.#deps.generator.generate(wish);
    const durationMs = this.#elapsed(call);
    const { model, costMicroUsd, tokens } = image;
    const spent = { state: 'spent', model, costMicroUsd, durationMs } as const;
    this.#settlings.add(this.#settle(call.reservation, tokens ? { ...spent, tokens } : spent));
    return { image, durationMs };
  }

  /**
   * The cost of a failed call. Every failure except a known refusal counts as spent, including
   * unexpected errors.
   */
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

  /**
   * Settles a failed call. Resolves when its unit is returned to the budget, if the call was free.
   */
  fail({ reservation }: PaidCall, { billing, reason, durationMs }: FailedCall): Promise<void> {
    if (reason === 'moderation_blocked') this.#moderated.add();
    return this.#settle(reservation, { state: billing, reason, durationMs });
  }

  /** Ends a call: the image is stored, or the call failed. */
  end(call: PaidCall, isStored: boolean): void {
    this.#running.delete(call);
    this.#deps.slots.leave();
    this.#inProgress.end(isStored);
  }

  /**
   * The error with which a call would fail now, if that is known without a call. Refused prompts
   * are free, but limited per day.
   */
  refusal(): GenerationError | undefined {
    const { generator, maxModerated } = this.#deps;
    if (this.#moderated.today < maxModerated) return generator.refusal?.();
    return new GenerationError('upstream_failed', 'moderated_too_often', { billing: 'refused' });
  }

  /** The running calls, and the number of reservations that wait for a turn. */
  underWay(): { running: readonly PaidCall[]; waiting: number } {
    return { running: [...this.#running], waiting: this.#waiting };
  }

  /** Resolves `true` with the next stored image; `false` once no call runs or waits for a turn. */
  nextImage(): Promise<boolean> {
    return this.#inProgress.next();
  }

  /** Starts no further calls. Calls that wait for a turn return their unit to the budget. */
  close(): void {
    this.#deps.slots.close();
  }

  /** Resolves when every cost is recorded. */
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

  /**
   * An unsettled reservation counts as spent, so a failure here costs one unit and nothing else.
   */
  async #settle(reservation: Reservation, outcome: GenerationOutcome): Promise<void> {
    try {
      await reservation.settle(outcome);
    } catch (cause) {
      this.#deps.journal.record({ event: 'settling_failed', id: reservation.id, cause });
    }
  }
}
