import type { ChainedModel } from '../../domain/generation/image-generator.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { ModelRefusal } from './openai/model-refusal.ts';
import { shutdownOf } from './openai/shutdowns.ts';

/** Models that were refused, by name, each with the time until which that is believed. */
export type Refusals = Readonly<Record<string, number>>;

/** Keeps over restarts which models are gone. */
export interface RefusedModels {
  /** Empty where nothing is known. Never throws. */
  recall(): Promise<Refusals>;
  /** Writes it down behind the caller's back. Never throws. */
  remember(refusals: Refusals): void;
}

/**
 * For how long a refusal is believed. Then one request tries again, which is free if it is refused.
 * Access may be granted at any time; a server also says of a model without access that it is gone.
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

/** Which models of a chain can be asked, by what they answered and by the days they end. */
export class ModelChain {
  readonly names: readonly string[];
  readonly #options: ModelChainOptions;
  /** Milliseconds since the Unix epoch. */
  readonly #refusedUntil = new Map<string, { refusal: ModelRefusal; until: number }>();
  readonly #endsOn = new Map<string, string>();

  /** @param options.passedOver hears of each model that is not asked because its day has come */
  constructor(options: ModelChainOptions) {
    const names = options.names.map((name) => name.trim()).filter((name) => name !== '');
    if (names.length === 0) throw new TypeError('No model is named.');
    this.names = [...new Set(names)];
    this.#options = options;
    for (const name of this.names) this.learnEnd(name, shutdownOf(name));
  }

  /**
   * The models that can be asked, in order; never empty. One whose day has come is not among them while
   * there is another: should the date be wrong, it is the last resort.
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

  /** Takes a refused model out. Answers which one comes next; `undefined` where none is left. */
  refuse(model: string, refusal: ModelRefusal): string | undefined {
    const now = this.#options.clock.now();
    this.#refusedUntil.set(model, { refusal, until: now + BELIEVED_MS[refusal] });
    // With none left to prefer there is nothing worth remembering, and access that is granted
    // later is noticed without a restart. Asking costs nothing: these refusals are free.
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

  /** Takes up what was known before this process. What it has found out itself since counts more. */
  async recall(): Promise<void> {
    const known = (await this.#options.refused?.recall()) ?? {};
    const now = this.#options.clock.now();
    const isGone = (name: string) => (known[name] ?? 0) > now;
    if (this.names.every((name) => isGone(name) || this.#isRefused(name, now))) return;
    for (const name of this.names.filter(isGone)) {
      // However late the clock was that wrote it down.
      const until = Math.min(known[name] ?? 0, now + BELIEVED_MS.gone);
      if (!this.#isRefused(name, now)) this.#refusedUntil.set(name, { refusal: 'gone', until });
    }
  }

  /** @param day `YYYY-MM-DD`, in UTC; nothing changes for anything else */
  learnEnd(model: string, day: string | undefined | null): void {
    if (day && isDay(day) && this.names.includes(model)) this.#endsOn.set(model, day);
  }

  /** All of them as they are now, in order. */
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
