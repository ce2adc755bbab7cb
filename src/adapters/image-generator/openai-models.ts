import type { Notice } from '../../domain/ports/journal.ts';
import { callPriceMicroUsd, type Transparency, transparencyOf } from './price-table.ts';

/** How a picture is to be made, in OpenAI's words. */
export interface PictureSettings {
  quality: 'low' | 'medium' | 'high' | 'auto';
  /** Such as `1024x1024`, or `auto`. */
  size: string;
  background: 'auto' | 'transparent' | 'opaque';
}

/** The parameters that a picture can also be made without. */
export const DROPPABLE = ['background', 'quality', 'size', 'output_format', 'n'] as const;
export type Droppable = (typeof DROPPABLE)[number];

/** What is sent beside model and prompt. Never `response_format`: these models refuse it. */
export type Parameters = Partial<
  PictureSettings & {
    n: 1;
    output_format: 'png';
  }
>;

/**
 * The models that may be asked, in order, and what each is known to refuse. A refusal is remembered
 * for as long as the process runs, and told once.
 */
export class OpenAiModels {
  readonly #names: readonly string[];
  readonly #settings: PictureSettings;
  readonly #notice: Notice;
  readonly #unavailable = new Set<string>();
  readonly #dropped = new Map<string, Set<Droppable>>();
  readonly #told = new Set<string>();

  constructor(names: readonly string[], settings: PictureSettings, notice: Notice) {
    this.#names = names.map((name) => name.trim()).filter((name) => name !== '');
    if (this.#names.length === 0) throw new TypeError('No model is named.');
    this.#settings = settings;
    this.#notice = notice;
  }

  /** The one that is asked first. */
  get first(): string {
    return this.#usable()[0] as string;
  }

  /** Millionths of a dollar: the dearest call to any of the models that can still be asked. */
  get dearestMicroUsd(): number {
    return Math.max(...this.#usable().map((model) => this.priceMicroUsd(model)));
  }

  /** The first usable model that is not among `refused`; `undefined` where there is none left. */
  next(refused: ReadonlySet<string>): string | undefined {
    return this.#usable().find((model) => !refused.has(model));
  }

  /** Millionths of a dollar: the most a call to the model costs with what it is sent. */
  priceMicroUsd(model: string): number {
    const { quality, size } = this.parametersFor(model);
    return callPriceMicroUsd(model, quality ?? 'auto', size ?? 'auto');
  }

  parametersFor(model: string): Parameters {
    const all: Parameters = { n: 1, ...this.#settings, output_format: 'png' };
    for (const parameter of this.#dropped.get(model) ?? []) delete all[parameter];
    return all;
  }

  /** The model does not exist any more, or not for us. */
  retire(model: string): void {
    this.#unavailable.add(model);
    const replacement = this.#names.find((name) => !this.#unavailable.has(name));
    if (replacement) {
      this.#tellOnce(`retired ${model}`, 'an image model is not available; the next one is used', {
        model,
        replacement,
        ...this.#backgroundOf(replacement),
      });
      return;
    }
    this.#tellOnce(`retired ${model}`, 'none of the image models is available', {
      models: this.#names,
    });
    // With none left to prefer there is nothing worth remembering, and access that is granted
    // later is noticed without a restart. Asking costs nothing: these refusals are free.
    this.#unavailable.clear();
  }

  /** The model refuses the parameter. */
  drop(model: string, parameter: Droppable): void {
    const dropped = this.#dropped.get(model) ?? new Set();
    this.#dropped.set(model, dropped.add(parameter));
    this.#tellOnce(
      `dropped ${parameter} for ${model}`,
      'an image model refuses a parameter; it is left out from now on',
      { model, parameter },
    );
  }

  /** A picture cost more than could be foreseen: the price table is out of date. */
  tellDearer(model: string, details: Record<string, unknown>): void {
    this.#tellOnce(`dearer ${model}`, 'a picture cost more than was set aside for it', {
      model,
      ...details,
    });
  }

  #usable(): readonly string[] {
    return this.#names.filter((name) => !this.#unavailable.has(name));
  }

  /** Worth knowing where the pictures were to have none. */
  #backgroundOf(model: string): { transparency?: Transparency } {
    return this.#settings.background === 'transparent'
      ? { transparency: transparencyOf(model) }
      : {};
  }

  #tellOnce(what: string, message: string, details: Record<string, unknown>): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#notice(message, details);
  }
}
