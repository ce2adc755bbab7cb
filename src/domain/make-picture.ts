import { dishPrompt } from './dish-prompt.ts';
import { GenerationError } from './errors.ts';
import type { GenerationOutcome } from './generation.ts';
import { aboutPage, type PageRequest } from './page-request.ts';
import type { BudgetLedger, Reservation } from './ports/budget-ledger.ts';
import type { Clock } from './ports/clock.ts';
import type { GeneratedImage, ImageGenerator } from './ports/image-generator.ts';
import type { Journal } from './ports/journal.ts';
import type { Slots } from './slots.ts';

/** A picture that was paid for, not yet stored. */
export interface MadePicture {
  reservation: Reservation;
  image: GeneratedImage;
  /** Resolves once its cost is written down; a failure to do so is in the journal. */
  settled: Promise<void>;
}

/** Buys a picture: reserves, calls the generator, settles. No call without a reservation. */
export class MakePicture {
  readonly #ledger: BudgetLedger;
  readonly #generator: ImageGenerator;
  readonly #slots: Slots;
  readonly #clock: Clock;
  readonly #journal: Journal;

  constructor(deps: {
    ledger: BudgetLedger;
    generator: ImageGenerator;
    slots: Slots;
    clock: Clock;
    journal: Journal;
  }) {
    this.#ledger = deps.ledger;
    this.#generator = deps.generator;
    this.#slots = deps.slots;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
  }

  /**
   * `undefined` where the day's budget is used up.
   *
   * @throws GenerationError once the generator has failed for good
   */
  async make(request: PageRequest): Promise<MadePicture | undefined> {
    try {
      return await this.#attempt(request);
    } catch (error) {
      if (!(error instanceof GenerationError && error.mayRetry)) throw error;
      const second = await this.#attempt(request);
      if (!second) throw error;
      return second;
    }
  }

  async #attempt(request: PageRequest): Promise<MadePicture | undefined> {
    const { page, country } = request;
    const draft = {
      page,
      country,
      model: this.#generator.model,
      prompt: dishPrompt(country),
      reservedMicroUsd: this.#generator.dearestMicroUsd,
    };
    const reservation = await this.#ledger.reserve(draft);
    return reservation && this.#call(request, draft.prompt, reservation);
  }

  #call(request: PageRequest, prompt: string, reservation: Reservation): Promise<MadePicture> {
    return this.#slots.run(async () => {
      const started = this.#clock.monotonic();
      const elapsed = () => Math.round(this.#clock.monotonic() - started);
      try {
        const image = await this.#generator.generate({ prompt, seed: request.key });
        const { model, costMicroUsd, tokens } = image;
        const durationMs = elapsed();
        this.#journal.record({
          ...aboutPage(request),
          event: 'picture_generated',
          key: request.key,
          model,
          durationMs,
          costMicroUsd,
        });
        const settled = this.#settle(reservation, {
          state: 'spent',
          model,
          costMicroUsd,
          durationMs,
          ...(tokens ? { tokens } : {}),
        });
        return { reservation, image, settled };
      } catch (error) {
        await this.#fail(request, reservation, error, elapsed());
        throw error;
      }
    });
  }

  /** What is not a known refusal counts as spent, an unexpected error included. */
  async #fail(request: PageRequest, reservation: Reservation, cause: unknown, durationMs: number) {
    const known = cause instanceof GenerationError ? cause : undefined;
    const reason = known?.reason ?? 'unexpected_error';
    const billing = known?.billing ?? 'unknown';
    this.#journal.record({
      ...aboutPage(request),
      event: 'generation_failed',
      reason,
      billing,
      durationMs,
      cause,
    });
    await this.#settle(reservation, { state: billing, reason, durationMs });
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
