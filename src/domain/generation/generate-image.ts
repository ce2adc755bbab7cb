import type { BudgetLedger, Reservation } from '../budget/budget-ledger.ts';
import type { GenerationDraft, GenerationOutcome } from '../budget/generation-record.ts';
import { dishPrompt } from '../cafe/dish-prompt.ts';
import type { CountryCode } from '../countries/country.ts';
import { BackgroundTasks } from '../kernel/background-tasks.ts';
import type { Clock } from '../kernel/clock.ts';
import { draining, GenerationError, isClaimLost } from '../kernel/errors.ts';
import type { Semaphore } from '../kernel/semaphore.ts';
import { DailyCounter } from '../limits/daily-counter.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { Page } from '../pages/page.ts';
import { aboutPage, type PageRequest } from '../pages/page-request.ts';
import type { PoolImage } from '../storage/image-keys.ts';
import type { GeneratedImage, ImageGenerator } from './image-generator.ts';
import { ImagesInProgress } from './images-in-progress.ts';

/** A picture that was paid for, not yet stored. */
export interface GeneratedPageImage {
  /** Where in the pool it belongs. */
  place: PoolImage;
  image: GeneratedImage;
}

/** A call that is under way, until its picture is stored. */
export interface RunningCall {
  page: Page;
  /** `null` for readers whose country is unknown. */
  country: CountryCode | null;
  /** Milliseconds since the Unix epoch. */
  startedAt: number;
}

/** Who a picture is made for. */
export interface Buyer<T> {
  /**
   * Names the picture to be made. Asked once the call has its turn, and right before every call that may
   * be billed.
   *
   * @throws GenerationError of `claimLost` where another process may make it
   */
  confirm(place: PoolImage): Promise<void>;
  /** The call begins. Does beside it what takes its time; what it answers keeps the picture. */
  begin(place: PoolImage): (made: GeneratedPageImage) => Promise<T>;
}

/** A call that is paid for in advance. */
interface Order<T> {
  draft: GenerationDraft;
  place: PoolImage;
  reservation: Reservation;
  buyer: Buyer<T>;
}

/** Buys a picture: reserves, calls the generator, settles. No call without a reservation. */
export class GenerateImage {
  readonly #generator: ImageGenerator;
  readonly #slots: Semaphore;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #settlings = new BackgroundTasks();
  readonly #maxModerated: number;
  readonly #moderated: DailyCounter;
  readonly #running = new Set<RunningCall>();
  readonly #pictures = new ImagesInProgress();
  #waiting = 0;

  /** @param deps.maxModerated calls a day that may end without a picture because of their prompt */
  constructor(deps: {
    generator: ImageGenerator;
    maxModerated: number;
    slots: Semaphore;
    clock: Clock;
    journal: Journal;
  }) {
    this.#generator = deps.generator;
    this.#maxModerated = deps.maxModerated;
    this.#moderated = new DailyCounter(deps.clock);
    this.#slots = deps.slots;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
  }

  /**
   * What is made of the picture; `undefined` where the ledger has nothing left. As long as it is not
   * kept no other takes its turn, so that pictures in memory are as few as calls under way.
   *
   * @param wanted where the picture is to be, unless the ledger gives it another id
   * @throws GenerationError once the generator has failed, or at once where a call would; CafeError
   *   `draining` once closed, and what the buyer throws
   */
  async make<T>(
    request: PageRequest,
    wanted: PoolImage,
    ledger: BudgetLedger,
    buyer: Buyer<T>,
  ): Promise<T | undefined> {
    const refusal = this.refusal();
    if (refusal) throw refusal;
    const { page, country } = request;
    const draft: GenerationDraft = {
      id: wanted.id,
      day: wanted.day,
      page,
      country,
      model: this.#generator.model,
      prompt: dishPrompt(country),
      reservedMicroUsd: this.#generator.dearestMicroUsd,
    };
    const reservation = await ledger.reserve(draft);
    if (!reservation) return undefined;
    const place = { ...wanted, id: reservation.id };
    const order = { draft, place, reservation, buyer };
    return this.#pictures.during(() => this.#makeReserved(request, order));
  }

  async #makeReserved<T>(request: PageRequest, order: Order<T>): Promise<T> {
    if (!(await this.#turn())) {
      await this.#giveBack(order.reservation, 'draining');
      throw draining();
    }
    const running = { ...aboutPage(request), startedAt: this.#clock.now() };
    this.#running.add(running);
    try {
      const { image, keep } = await this.#call(request, order);
      return await keep({ place: order.place, image });
    } finally {
      this.#running.delete(running);
      this.#slots.leave();
    }
  }

  /**
   * What would come of a call just now, where that is known without making it. Prompts that are
   * refused cost nothing, but as many of them as there may be pictures are enough for a day.
   */
  refusal(): GenerationError | undefined {
    if (this.#moderated.today < this.#maxModerated) return this.#generator.refusal?.();
    return new GenerationError('upstream_failed', 'moderated_too_often', { billing: 'refused' });
  }

  /** The calls that run, and how many reservations wait for their turn. */
  underWay(): { running: readonly RunningCall[]; waiting: number } {
    return { running: [...this.#running], waiting: this.#waiting };
  }

  /**
   * Resolves `true` as soon as one of the pictures under way is kept, `false` once no call runs or waits
   * for its turn.
   */
  nextPicture(): Promise<boolean> {
    return this.#pictures.next();
  }

  /** Starts no more calls; those that are reserved and wait for their turn give their unit back. */
  close(): void {
    this.#slots.close();
  }

  /** Resolves when what was paid is written down. */
  finished(): Promise<void> {
    return this.#settlings.ended();
  }

  async #turn(): Promise<boolean> {
    this.#waiting += 1;
    try {
      return await this.#slots.enter();
    } finally {
      this.#waiting -= 1;
    }
  }

  async #call<T>(request: PageRequest, { draft, place, reservation, buyer }: Order<T>) {
    const { prompt, reservedMicroUsd } = draft;
    const beforeCall = () => buyer.confirm(place);
    const started = this.#clock.monotonic();
    const elapsed = () => Math.round(this.#clock.monotonic() - started);
    try {
      await beforeCall();
      const keep = buyer.begin(place);
      // Not the page: a page that is regenerated gets another picture.
      const wish = { prompt, seed: place.id, reservedMicroUsd, beforeCall };
      const image = await this.#generator.generate(wish);
      const { model, costMicroUsd, tokens } = image;
      const spent = { model, costMicroUsd, durationMs: elapsed() };
      this.#journal.record({
        ...aboutPage(request),
        event: 'picture_generated',
        key: request.key,
        ...spent,
      });
      const outcome = { state: 'spent', ...spent, ...(tokens ? { tokens } : {}) } as const;
      // Nobody needs to wait for it: until it is written, the dearest price counts.
      this.#settlings.add(this.#settle(reservation, outcome));
      return { image, keep };
    } catch (cause) {
      // What is not a known refusal counts as spent, an unexpected error included.
      const known = cause instanceof GenerationError ? cause : undefined;
      const state = known?.billing ?? 'unknown';
      const reason = known?.reason ?? 'unexpected_error';
      const durationMs = elapsed();
      if (reason === 'moderation_blocked') this.#moderated.add();
      // No call was made, and the claim has told why.
      if (!isClaimLost(cause)) {
        this.#journal.record({
          ...aboutPage(request),
          event: 'generation_failed',
          model: draft.model,
          reason,
          billing: state,
          durationMs,
          costMicroUsd: state === 'unknown' ? reservedMicroUsd : 0,
          cause,
        });
      }
      await this.#settle(reservation, { state, reason, durationMs });
      throw cause;
    }
  }

  #giveBack(reservation: Reservation, reason: string): Promise<void> {
    return this.#settle(reservation, { state: 'refused', reason, durationMs: 0 });
  }

  /** An unsettled reservation counts as spent, so failing here costs a unit and nothing else. */
  async #settle(reservation: Reservation, outcome: GenerationOutcome): Promise<void> {
    try {
      await reservation.settle(outcome);
    } catch (cause) {
      this.#journal.record({ event: 'settling_failed', id: reservation.id, cause });
    }
  }
}
