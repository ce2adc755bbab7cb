import type { Clock } from '../../../domain/kernel/clock.ts';
import type { Notice } from '../../../domain/kernel/notice.ts';
import { ModelChain, type RefusedModels } from '../model-chain.ts';
import type { ModelRefusal } from './model-refusal.ts';
import { callPriceMicroUsd, hasQuality, type Transparency, transparencyOf } from './prices.ts';

/** How a picture is to be made, in OpenAI's words. */
export interface PictureSettings {
  /** A model that has no `xhigh` or `max` is asked for `high`. */
  quality: 'low' | 'medium' | 'high' | 'xhigh' | 'max' | 'auto';
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

/** The models that may be asked, in order, and what each costs and refuses. Tells each news once. */
export class OpenAiModels {
  readonly #chain: ModelChain;
  readonly #settings: PictureSettings;
  readonly #notice: Notice;
  readonly #dropped = new Map<string, Set<Droppable>>();
  readonly #told = new Set<string>();

  constructor(options: {
    names: readonly string[];
    settings: PictureSettings;
    clock: Pick<Clock, 'now'>;
    notice: Notice;
    refused?: RefusedModels | undefined;
  }) {
    this.#settings = options.settings;
    this.#notice = options.notice;
    this.#chain = new ModelChain({
      ...options,
      passedOver: (model, endsOn, replacement) =>
        this.#tellOnce(
          `ended ${model}`,
          'an image model has reached its announced end; it is passed over',
          { model, endsOn, replacement, ...this.#backgroundOf(replacement) },
        ),
    });
    // Whose day has come is told at the start, too.
    this.#chain.usable();
  }

  /** Which models there are, and for how long. */
  get chain(): ModelChain {
    return this.#chain;
  }

  /** The one that is asked first. */
  get first(): string {
    return this.#chain.usable()[0] as string;
  }

  /** Millionths of a dollar: the dearest call to any of the models that can still be asked. */
  get dearestMicroUsd(): number {
    return Math.max(...this.#chain.usable().map((model) => this.priceMicroUsd(model)));
  }

  /** The first usable model that is not among `refused`; `undefined` where there is none left. */
  next(refused: { has(model: string): boolean }): string | undefined {
    return this.#chain.usable().find((model) => !refused.has(model));
  }

  /** Millionths of a dollar: the most a call to the model costs with what it is sent. */
  priceMicroUsd(model: string): number {
    const { quality, size } = this.parametersFor(model);
    return callPriceMicroUsd(model, quality ?? 'auto', size ?? 'auto');
  }

  parametersFor(model: string): Parameters {
    const { quality } = this.#settings;
    const all: Parameters = {
      n: 1,
      ...this.#settings,
      quality: hasQuality(model, quality) ? quality : 'high',
      output_format: 'png',
    };
    for (const parameter of this.#dropped.get(model) ?? []) delete all[parameter];
    return all;
  }

  /** The model cannot be had. */
  retire(model: string, refusal: ModelRefusal): void {
    const replacement = this.#chain.refuse(model, refusal);
    if (replacement === undefined) {
      this.#tellOnce(`retired ${model}`, 'none of the image models is available', {
        models: this.#chain.names,
      });
      return;
    }
    this.#tellOnce(`retired ${model}`, 'an image model is not available; the next one is used', {
      model,
      replacement,
      ...(refusal === 'not_allowed' ? { refusal } : {}),
      ...this.#backgroundOf(replacement),
    });
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
