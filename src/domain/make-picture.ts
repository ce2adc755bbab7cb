import type { CountryCode } from './country.ts';
import { DailyCount } from './daily-count.ts';
import { dishPrompt } from './dish-prompt.ts';
import { draining, GenerationError } from './errors.ts';
import type { GenerationDraft, GenerationOutcome } from './generation.ts';
import type { PoolPicture } from './image-key.ts';
import type { Page } from './page.ts';
import { aboutPage, type PageRequest } from './page-request.ts';
import { PendingWork } from './pending-work.ts';
import { PicturesUnderWay } from './pictures-under-way.ts';
import type { BudgetLedger, Reservation } from './ports/budget-ledger.ts';
import type { Clock } from './ports/clock.ts';
import type { GeneratedImage, ImageGenerator } from './ports/image-generator.ts';
import type { Journal } from './ports/journal.ts';
import type { Slots } from './slots.ts';

/** A picture that was paid for, not yet stored. */
export interface MadePicture {
  /** Where in the pool it belongs. */
  place: PoolPicture;
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

/** Buys a picture: reserves, calls the generator, settles. No call without a reservation. */
export class MakePicture {
  readonly #generator: ImageGenerator;
  readonly #slots: Slots;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #settlings = new PendingWork();
  readonly #mostModerated: number;
  readonly #moderated: DailyCount;
  readonly #running = new Set<RunningCall>();
  readonly #pictures = new PicturesUnderWay();
  #waiting = 0;

  /** @param deps.mostModerated calls a day that may end without a picture because of their prompt */
  constructor(deps: {
    generator: ImageGenerator;
    mostModerated: number;
    slots: Slots;
    clock: Clock;
    journal: Journal;
  }) {
    this.#generator = deps.generator;
    this.#mostModerated = deps.mostModerated;
    this.#moderated = new DailyCount(deps.clock);
    this.#slots = deps.slots;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
  }

  /**
   * What is made of the picture; `undefined` where the ledger has nothing left. As long as it is not
   * kept no other takes its turn, so that pictures in memory are as few as calls under way.
   *
   * @param begin is told that the call begins, and does beside it what takes its time; what it answers
   *   keeps the picture
   * @throws GenerationError once the generator has failed, or at once where a call would; CafeError
   *   `draining` once closed, and what keeping throws
   */
  async make<T>(
    request: PageRequest,
    place: PoolPicture,
    ledger: BudgetLedger,
    begin: () => (made: MadePicture) => Promise<T>,
  ): Promise<T | undefined> {
    const refusal = this.refusal();
    if (refusal) throw refusal;
    const { page, country } = request;
    const draft: GenerationDraft = {
      id: place.id,
      day: place.day,
      page,
      country,
      model: this.#generator.model,
      prompt: dishPrompt(country),
      reservedMicroUsd: this.#generator.dearestMicroUsd,
    };
    const reservation = await ledger.reserve(draft);
    if (!reservation) return undefined;
    return this.#pictures.during(() => this.#makeReserved(request, draft, reservation, begin));
  }

  async #makeReserved<T>(
    request: PageRequest,
    draft: GenerationDraft,
    reservation: Reservation,
    begin: () => (made: MadePicture) => Promise<T>,
  ): Promise<T> {
    const { id, day } = draft;
    if (!(await this.#turn())) {
      const refused = { state: 'refused', reason: 'draining', durationMs: 0 } as const;
      await this.#settle(draft, reservation, refused);
      throw draining();
    }
    const running = { ...aboutPage(request), startedAt: this.#clock.now() };
    this.#running.add(running);
    try {
      const keep = begin();
      const place = { id, day, country: request.country };
      return await keep({ place, image: await this.#call(request, draft, reservation) });
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
    if (this.#moderated.today < this.#mostModerated) return this.#generator.refusal?.();
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

  async #call(
    request: PageRequest,
    draft: GenerationDraft,
    reservation: Reservation,
  ): Promise<GeneratedImage> {
    const { prompt, reservedMicroUsd } = draft;
    const started = this.#clock.monotonic();
    const elapsed = () => Math.round(this.#clock.monotonic() - started);
    try {
      // Not the page: a page that is regenerated gets another picture.
      const seed = draft.id;
      const image = await this.#generator.generate({ prompt, seed, reservedMicroUsd });
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
      this.#settlings.add(this.#settle(draft, reservation, outcome));
      return image;
    } catch (cause) {
      // What is not a known refusal counts as spent, an unexpected error included.
      const known = cause instanceof GenerationError ? cause : undefined;
      const state = known?.billing ?? 'unknown';
      const reason = known?.reason ?? 'unexpected_error';
      const durationMs = elapsed();
      if (reason === 'moderation_blocked') this.#moderated.add();
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
      await this.#settle(draft, reservation, { state, reason, durationMs });
      throw cause;
    }
  }

  /** An unsettled reservation counts as spent, so failing here costs a unit and nothing else. */
  async #settle(
    { id }: GenerationDraft,
    reservation: Reservation,
    outcome: GenerationOutcome,
  ): Promise<void> {
    try {
      await reservation.settle(outcome);
    } catch (cause) {
      this.#journal.record({ event: 'settling_failed', id, cause });
    }
  }
}
