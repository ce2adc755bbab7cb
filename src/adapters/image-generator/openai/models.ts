import type { Clock } from '../../../domain/kernel/clock.ts';
import type { Notice } from '../../../domain/kernel/notice.ts';
import { ModelChain, type RefusedModels } from '../model-chain.ts';
import type { ModelRefusal } from './model-refusal.ts';
import { callPriceMicroUsd, hasQuality, type Transparency, transparencyOf } from './prices.ts';

/** Parameters of an image, with OpenAI's names and values. */
export interface PictureSettings {
  /** For a model without `xhigh` or `max`, `high` is used instead. */
  quality: 'low' | 'medium' | 'high' | 'xhigh' | 'max' | 'auto';
  /** Such as `1024x1024`, or `auto`. */
  size: string;
  background: 'auto' | 'transparent' | 'opaque';
}

/** Optional parameters, which are omitted if a model refuses them. */
export const DROPPABLE = ['background', 'quality', 'size', 'output_format', 'n'] as const;
export type Droppable = (typeof DROPPABLE)[number];

/** Parameters besides model and prompt. Never `response_format`, which these models refuse. */
export type Parameters = Partial<
  PictureSettings & {
    n: 1;
    output_format: 'png';
  }
>;

/** How a model is called. */
export interface CallPlan {
  parameters: Parameters;
  /** The maximum price of such a call, in millionths of a dollar. */
  maxMicroUsd: number;
}

/** The models in order, with their prices and their unsupported parameters. Reports each change once. */
export class OpenAiModels {
  readonly #chain: ModelChain;
  readonly #settings: PictureSettings;
  readonly #notice: Notice;
  readonly #dropped = new Map<string, Set<Droppable>>();
  /** Worked out once per model, and again when it refuses a parameter. */
  readonly #plans = new Map<string, CallPlan>();
  readonly #reported = new Set<string>();

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
        this.#reportOnce(
          `ended ${model}`,
          'an image model has reached its shutdown date; it is skipped',
          { model, endsOn, replacement, ...this.#backgroundOf(replacement) },
        ),
    });
    // Report models past their shutdown date at the start, too.
    this.#chain.usable();
  }

  get chain(): ModelChain {
    return this.#chain;
  }

  /** The model for the next call. */
  get first(): string {
    return this.#chain.usable()[0] as string;
  }

  /** The maximum price of a call to any usable model, in millionths of a dollar. */
  get dearestMicroUsd(): number {
    return Math.max(...this.#chain.usable().map((model) => this.planFor(model).maxMicroUsd));
  }

  /** The first usable model that is not in `refused`; `undefined` if none is left. */
  next(refused: { has(model: string): boolean }): string | undefined {
    return this.#chain.usable().find((model) => !refused.has(model));
  }

  planFor(model: string): CallPlan {
    let plan = this.#plans.get(model);
    if (!plan) {
      const parameters = this.#parametersFor(model);
      const { quality = 'auto', size = 'auto' } = parameters;
      plan = { parameters, maxMicroUsd: callPriceMicroUsd(model, quality, size) };
      this.#plans.set(model, plan);
    }
    return plan;
  }

  /** Call when a model is unavailable. */
  retire(model: string, refusal: ModelRefusal): void {
    const replacement = this.#chain.refuse(model, refusal);
    if (replacement === undefined) {
      this.#reportOnce(`retired ${model}`, 'none of the image models is available', {
        models: this.#chain.names,
      });
      return;
    }
    this.#reportOnce(`retired ${model}`, 'an image model is not available; the next one is used', {
      model,
      replacement,
      ...(refusal === 'not_allowed' ? { refusal } : {}),
      ...this.#backgroundOf(replacement),
    });
  }

  /** Call when a model refuses a parameter. */
  drop(model: string, parameter: Droppable): void {
    const dropped = this.#dropped.get(model) ?? new Set();
    this.#dropped.set(model, dropped.add(parameter));
    this.#plans.delete(model);
    this.#reportOnce(
      `dropped ${parameter} for ${model}`,
      'an image model does not support a parameter; it is omitted from now on',
      { model, parameter },
    );
  }

  /** Call when an image cost more than reserved: the price table is out of date. */
  reportHigherCost(model: string, details: Record<string, unknown>): void {
    this.#reportOnce(`higher cost ${model}`, 'a picture cost more than the reserved amount', {
      model,
      ...details,
    });
  }

  #parametersFor(model: string): Parameters {
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

  /** Whether the model supports transparency, if it is configured. */
  #backgroundOf(model: string): { transparency?: Transparency } {
    return this.#settings.background === 'transparent'
      ? { transparency: transparencyOf(model) }
      : {};
  }

  #reportOnce(what: string, message: string, details: Record<string, unknown>): void {
    if (this.#reported.has(what)) return;
    this.#reported.add(what);
    this.#notice(message, details);
  }
}
