import type OpenAI from 'openai';
import type {
  ChainedModel,
  GeneratedImage,
  ImageGenerator,
  ImageRequest,
} from '../../domain/generation/image-generator.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import { GenerationError } from '../../domain/kernel/errors.ts';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { ImageDownload } from './image-download.ts';
import type { RefusedModels } from './model-chain.ts';
import { type Answer, answerFrom, contentOf, costOf, MAX_ANSWER_BYTES } from './openai/answer.ts';
import {
  boundedFetch,
  CallDeadline,
  type OpenAiAccount,
  openClient,
  SecondChances,
} from './openai/calls.ts';
import type { Failure } from './openai/failure.ts';
import { type ModelRefusal, reasonOfAll } from './openai/model-refusal.ts';
import { OpenAiModels, type Parameters, type PictureSettings } from './openai/models.ts';
import { PRICES_AS_OF } from './openai/prices.ts';
import { withoutSecret } from './without-secret.ts';

/**
 * The SDK's timeout must never fire. It uses the wall clock, and a jump of that clock would discard a paid
 * image. Our own timeout ends the call long before.
 */
const SDK_TIMEOUT_MS = 86_400_000;

export interface OpenAiImageGeneratorOptions extends PictureSettings {
  apiKey: string;
  /** Empty or absent: OpenAI's URL. */
  baseUrl?: string | undefined;
  model: string;
  /** Used in this order once the earlier models are unavailable. */
  fallbackModels: readonly string[];
  /**
   * Timeout of one `generate` until the response starts, including waits and retries. The response then
   * gets at least a quarter of it. Node's `fetch` gives up after five minutes of silence, so longer
   * timeouts have no effect.
   */
  timeoutMs: number;
  clock: Clock;
  /** Remembers unavailable models across restarts. Default: not remembered. */
  refusedModels?: RefusedModels | undefined;
  /** Downloads images from a URL in the response. Without it, such images are lost. */
  download?: ImageDownload | undefined;
  /** Called once per message for the owner. Messages contain no secrets and no text of the upstream. */
  notice?: Notice | undefined;
}

/** The state of one `generate`. */
interface Call {
  prompt: string;
  deadline: CallDeadline;
  beforeCall: ImageRequest['beforeCall'];
  /** The reserved amount in millionths of a dollar. No request may cost more. */
  budgetMicroUsd: number;
  chances: SecondChances;
  /** Models that refused during this call. */
  refusedModels: Map<string, ModelRefusal>;
}

/** The state of one request. */
interface Attempt {
  model: string;
  parameters: Parameters;
  /** Whether data may have been sent. */
  sent: boolean;
}

/**
 * Generates images with OpenAI's models.
 *
 * A request is only repeated if the previous one certainly cost nothing: a rate limit, a moderated prompt
 * (it requests a random dish, so the next attempt may pass), an unavailable model, an unsupported
 * parameter, or a failed connection. After any other failure, the call ends with billing `unknown`. The
 * SDK's retries are off, because they repeat requests that may have been billed.
 */
export class OpenAiImageGenerator implements ImageGenerator {
  readonly #account: OpenAiAccount;
  readonly #models: OpenAiModels;
  readonly #options: OpenAiImageGeneratorOptions;
  #opened: Promise<OpenAI> | undefined;

  constructor(options: OpenAiImageGeneratorOptions) {
    const { quality, size, background } = options;
    this.#account = { apiKey: options.apiKey, baseUrl: options.baseUrl };
    this.#models = new OpenAiModels({
      names: [options.model, ...options.fallbackModels],
      settings: { quality, size, background },
      clock: options.clock,
      notice: options.notice ?? (() => {}),
      refused: options.refusedModels,
    });
    this.#options = options;
  }

  get model(): string {
    return this.#models.first;
  }

  get dearestMicroUsd(): number {
    return this.#models.dearestMicroUsd;
  }

  models(): readonly ChainedModel[] {
    return this.#models.chain.report();
  }

  recallModels(): Promise<void> {
    return this.#models.chain.recall();
  }

  async lookUpModels(signal: AbortSignal): Promise<void> {
    const { announcedEnds } = await import('./openai/access.ts');
    const { chain } = this.#models;
    for (const { model, endsOn } of await announcedEnds(this.#account, chain.names, signal)) {
      chain.learnEnd(model, endsOn);
    }
  }

  async generate(request: ImageRequest): Promise<GeneratedImage> {
    const { prompt, beforeCall, reservedMicroUsd } = request;
    const deadline = new CallDeadline(this.#options.timeoutMs);
    try {
      return await this.#untilOver({
        prompt,
        beforeCall,
        deadline,
        budgetMicroUsd: reservedMicroUsd,
        chances: new SecondChances(this.#options.clock, deadline.signal, this.#options.timeoutMs),
        refusedModels: new Map(),
      });
    } finally {
      deadline.disarm();
    }
  }

  async #untilOver(call: Call): Promise<GeneratedImage> {
    let cause: Error | undefined;
    for (;;) {
      const model = this.#models.next(call.refusedModels);
      if (model === undefined) throw failed(reasonOfAll(call.refusedModels.values()), cause);
      const { parameters, maxMicroUsd } = this.#models.planFor(model);
      if (maxMicroUsd > call.budgetMicroUsd) {
        // The call costs more than reserved, because a parameter had to be omitted. The caller may
        // reserve the new price and try again.
        throw failed('parameter_refused', cause, { mayRetry: true });
      }
      const attempt: Attempt = { model, parameters, sent: false };
      await call.beforeCall?.();
      call.deadline.arm();
      try {
        return this.#pictureFrom(await this.#ask(attempt, call), attempt, call);
      } catch (error) {
        cause = withoutSecret(error, this.#account.apiKey);
        const { failureFrom } = await import('./openai/failure-from.ts');
        const { sent } = attempt;
        const late = call.deadline.signal.aborted;
        const circumstances = { model, sent, late, now: this.#options.clock.now() };
        await this.#prepareNext(failureFrom(error, circumstances), attempt, call, cause);
      }
    }
  }

  async #ask(attempt: Attempt, { prompt, deadline }: Call): Promise<Answer> {
    const { model, parameters } = attempt;
    const fetch = boundedFetch(MAX_ANSWER_BYTES, () => {
      attempt.sent = true;
    });
    this.#opened ??= openClient(this.#account, { maxRetries: 0, timeout: SDK_TIMEOUT_MS });
    const client = (await this.#opened).withOptions({ fetch });
    const { signal } = deadline;
    const asked = client.images.generate({ model, prompt, ...parameters }, { signal });
    const response = await asked.asResponse();
    deadline.grantBody();
    const content = await contentOf(response);
    // The image is paid and received. The remaining steps have their own limits.
    deadline.disarm();
    return answerFrom(content, model, this.#options.download);
  }

  #pictureFrom(answer: Answer, { model, parameters }: Attempt, call: Call): GeneratedImage {
    const { bytes, width, height, usage } = answer;
    const costMicroUsd = costOf(answer, model, parameters);
    if (costMicroUsd > call.budgetMicroUsd) {
      this.#models.reportHigherCost(model, {
        costMicroUsd,
        setAsideMicroUsd: call.budgetMicroUsd,
        pricesAsOf: PRICES_AS_OF,
      });
    }
    const tokens = usage && { input: usage.input, output: usage.output };
    return { bytes, width, height, model, costMicroUsd, ...(tokens ? { tokens } : {}) };
  }

  /**
   * Prepares the next attempt.
   *
   * @throws GenerationError if the request must not be repeated
   */
  async #prepareNext(failure: Failure, attempt: Attempt, call: Call, cause: Error): Promise<void> {
    switch (failure.kind) {
      case 'over':
        throw new GenerationError(
          failure.timeout ? 'generation_timeout' : 'upstream_failed',
          failure.reason,
          { billing: failure.billing, mayRetry: failure.mayRetry ?? false, cause },
        );
      case 'model_unavailable':
        call.refusedModels.set(attempt.model, failure.refusal);
        this.#models.retire(attempt.model, failure.refusal);
        return;
      case 'parameter_refused':
        // The parameter was not sent, so it cannot be omitted.
        if (!(failure.parameter in attempt.parameters)) throw failed('request_refused', cause);
        this.#models.drop(attempt.model, failure.parameter);
        return;
      default:
        if (!(await call.chances.take(failure))) throw failed(failure.kind, cause);
    }
  }
}

/** A failure that certainly cost nothing. */
function failed(
  reason: string,
  cause: Error | undefined,
  options: { mayRetry?: boolean } = {},
): GenerationError {
  return new GenerationError('upstream_failed', reason, { billing: 'refused', ...options, cause });
}
