import type { ChainedModel } from '../../domain/generation/image-generator.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { ModelRefusal } from './openai/model-refusal.ts';
import { shutdownOf } from './openai/shutdowns.ts';

/** Unavailable models by name, each with the time of the next attempt. */
export type Refusals = Readonly<Record<string, number>>;

/** Remembers across restarts which models no longer exist. */
export interface RefusedModels {
  /** Empty if nothing is known. Never throws. */
  recall(): Promise<Refusals>;
  /** Saves in the background. Never throws. */
  remember(refusals: Refusals): void;
}

/**
 * How long a model is skipped after a refusal. Then one request tries it again, which is free if it is
 * refused. Access may be granted at any time, and some servers report "does not exist" for a model
 * without access.
 */
const BELIEVED_MS: Readonly<Record<ModelRefusal, number>> = {
  gone: 86_400_000,
  not_allowed: 3_600_000,
};

interface ModelChainOptions {
  names: readonly string[];
  clock: Pick<Clock, 'now'>;
  refused?: RefusedModels | undefined;
  passedOver: (model: string, endsOn: string, replacement: string) => void;
}

/** The models of a chain, and which of them are usable: not refused, and not past their shutdown. */
export class ModelChain {
  readonly names: readonly string[];
  readonly #options: ModelChainOptions;
  /** Milliseconds since the Unix epoch. */
  readonly #refusedUntil = new Map<string, { refusal: ModelRefusal; until: number }>();
  readonly #endsOn = new Map<string, string>();

  /** @param options.passedOver called for each model that is skipped because of its shutdown date */
  constructor(options: ModelChainOptions) {
    const names = options.names.map((name) => name.trim()).filter((name) => name !== '');
    if (names.length === 0) throw new TypeError('The list of models is empty.');
    this.names = [...new Set(names)];
    this.#options = options;
    for (const name of this.names) this.learnEnd(name, shutdownOf(name));
  }

  /**
   * The usable models in order; never empty. A model past its shutdown date is only included if there is
   * no other: the date may be wrong.
   */
  usable(): readonly string[] {
    const now = this.#options.clock.now();
    const open = this.names.filter((name) => !this.#isRefused(name, now));
    const lasting = open.filter((name) => !this.#hasEnded(name, now));
    const [replacement] = lasting;
    if (replacement === undefined) return open.length > 0 ? open : this.names;
    for (const name of open) {
      const endsOn = this.#endsOn.get(name);
      if (endsOn && this.#hasEnded(name, now)) this.#options.passedOver(name, endsOn, replacement);
    }
    return lasting;
  }

  /** Skips a refused model from now on. Returns the next one; `undefined` if none is left. */
  refuse(model: string, refusal: ModelRefusal): string | undefined {
    const now = this.#options.clock.now();
    this.#refusedUntil.set(model, { refusal, until: now + BELIEVED_MS[refusal] });
    // If all models are refused, forget the refusals and try all of them again. This is free, and it
    // notices access that is granted later.
    const isLast = this.names.every((name) => this.#isRefused(name, now));
    if (isLast) this.#refusedUntil.clear();
    const gone = [...this.#refusedUntil].filter(([, known]) => known.refusal === 'gone');
    if (refusal === 'gone') {
      this.#options.refused?.remember(
        Object.fromEntries(gone.map(([name, { until }]) => [name, until])),
      );
    }
    return isLast ? undefined : this.usable()[0];
  }

  /** Loads the refusals of earlier processes. Newer findings of this process take precedence. */
  async recall(): Promise<void> {
    const known = (await this.#options.refused?.recall()) ?? {};
    const now = this.#options.clock.now();
    const isGone = (name: string) => (known[name] ?? 0) > now;
    if (this.names.every((name) => isGone(name) || this.#isRefused(name, now))) return;
    for (const name of this.names.filter(isGone)) {
      // Limit the time in case the clock that saved it was wrong.
      const until = Math.min(known[name] ?? 0, now + BELIEVED_MS.gone);
      if (!this.#isRefused(name, now)) this.#refusedUntil.set(name, { refusal: 'gone', until });
    }
  }

  /** @param day `YYYY-MM-DD` in UTC; anything else is ignored */
  learnEnd(model: string, day: string | undefined | null): void {
    if (day && isDay(day) && this.names.includes(model)) this.#endsOn.set(model, day);
  }

  /** The current state of all models, in order. */
  report(): readonly ChainedModel[] {
    const now = this.#options.clock.now();
    const usable = this.usable();
    return this.names.map((name) => ({
      name,
      endsOn: this.#endsOn.get(name),
      state: this.#isRefused(name, now)
        ? 'refused'
        : name === usable[0]
          ? 'first'
          : usable.includes(name)
            ? 'next'
            : 'ended',
    }));
  }

  #isRefused(name: string, now: number): boolean {
    return (this.#refusedUntil.get(name)?.until ?? 0) > now;
  }

  #hasEnded(name: string, now: number): boolean {
    const endsOn = this.#endsOn.get(name);
    return endsOn !== undefined && Date.parse(endsOn) <= now;
  }
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
