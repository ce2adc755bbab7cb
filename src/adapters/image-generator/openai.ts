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
import { CallDeadline } from './call-deadline.ts';
import type { ImageDownload } from './image-download.ts';
import type { RefusedModels } from './model-chain.ts';
import { type Answer, answerFrom, costOf, MAX_ANSWER_BYTES } from './openai/answer.ts';
import { contentOf } from './openai/body.ts';
import type { OpenAiAccount } from './openai/client.ts';
import type { Failure } from './openai/failure.ts';
import { boundedFetch } from './openai/fetch.ts';
import { type ModelRefusal, reasonOfAll } from './openai/model-refusal.ts';
import { OpenAiModels, type Parameters, type PictureSettings } from './openai/models.ts';
import { PRICES_AS_OF } from './openai/prices.ts';
import { SecondChances } from './openai/second-chances.ts';
import { withoutSecret } from './without-secret.ts';

/**
 * The SDK's own time limit must never come first: it counts by the wall clock, which may jump, and a
 * jump would throw away a picture that is paid for. Ours ends the call long before this one.
 */
const SDK_TIMEOUT_MS = 86_400_000;

export interface OpenAiImageGeneratorOptions extends PictureSettings {
  apiKey: string;
  /** Blank or absent: OpenAI's own. */
  baseUrl?: string | undefined;
  model: string;
  /** Asked in this order once a model before them does not exist any more. */
  fallbackModels: readonly string[];
  /**
   * For one `generate` until its answer begins, waits and retries included; the answer then has at least a
   * quarter of it. Node's own `fetch` gives up after five minutes of silence, so a longer time than that
   * is not reached.
   */
  timeoutMs: number;
  /** For the waits, and for the days on which models end. */
  clock: Clock;
  /** Where it is kept over restarts which models are gone; nowhere by default. */
  refusedModels?: RefusedModels | undefined;
  /** For pictures that an answer only names the address of; without it they are lost. */
  download?: ImageDownload | undefined;
  /** Told, once each, what the owner should know. Holds no secrets and nothing an upstream said. */
  notice?: Notice | undefined;
}

/** One `generate`. */
interface Call {
  prompt: string;
  deadline: CallDeadline;
  beforeCall: ImageRequest['beforeCall'];
  /** Millionths of a dollar that the caller has set aside: nothing dearer may be sent. */
  budgetMicroUsd: number;
  chances: SecondChances;
  /** Models that turned out unavailable during this call, and why. */
  refusedModels: Map<string, ModelRefusal>;
}

/** One request. */
interface Attempt {
  model: string;
  parameters: Parameters;
  /** Something may have left this machine. */
  sent: boolean;
}

/**
 * Paints with OpenAI's image models.
 *
 * A request is repeated only where the one before is proven to have cost nothing: a rate limit, a
 * moderated prompt (it asks for a random dish, so the next may pass), a model that is gone, a
 * parameter that is refused, a connection that never came about. After anything else the call ends
 * as `unknown`. The SDK's own retries are off: they repeat what may have been billed.
 */
export class OpenAiImageGenerator implements ImageGenerator {
  readonly #account: OpenAiAccount;
  readonly #models: OpenAiModels;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #download: ImageDownload | undefined;
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
    this.#timeoutMs = options.timeoutMs;
    this.#clock = options.clock;
    this.#download = options.download;
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
    const deadline = new CallDeadline(this.#timeoutMs);
    try {
      return await this.#untilOver({
        prompt,
        beforeCall,
        deadline,
        budgetMicroUsd: reservedMicroUsd,
        chances: new SecondChances(this.#clock, deadline.signal, this.#timeoutMs),
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
      if (this.#models.priceMicroUsd(model) > call.budgetMicroUsd) {
        // Dearer than what was set aside: a parameter had to be left out, here or by another call.
        // The caller can set aside what a call costs now, and call again.
        throw failed('parameter_refused', cause, { mayRetry: true });
      }
      const attempt: Attempt = {
        model,
        parameters: this.#models.parametersFor(model),
        sent: false,
      };
      await call.beforeCall?.();
      call.deadline.arm();
      try {
        return this.#pictureFrom(await this.#ask(attempt, call), attempt, call);
      } catch (error) {
        cause = withoutSecret(error, this.#account.apiKey);
        const { failureFrom } = await import('./openai/failure-from.ts');
        const { sent } = attempt;
        const late = call.deadline.signal.aborted;
        const circumstances = { model, sent, late, now: this.#clock.now() };
        await this.#prepareNext(failureFrom(error, circumstances), attempt, call, cause);
      }
    }
  }

  async #ask(attempt: Attempt, { prompt, deadline }: Call): Promise<Answer> {
    const { model, parameters } = attempt;
    const fetch = boundedFetch(MAX_ANSWER_BYTES, () => {
      attempt.sent = true;
    });
    this.#opened ??= this.#open();
    const client = (await this.#opened).withOptions({ fetch });
    const { signal } = deadline;
    const asked = client.images.generate({ model, prompt, ...parameters }, { signal });
    const response = await asked.asResponse();
    deadline.grantBody();
    const content = await contentOf(response);
    // It is paid for and here: what is left to do has limits of its own.
    deadline.disarm();
    return answerFrom(content, model, this.#download);
  }

  /** Late, as the SDK takes a fifth of the service's whole start to load. */
  async #open(): Promise<OpenAI> {
    const { openClient } = await import('./openai/client.ts');
    return openClient(this.#account, { maxRetries: 0, timeout: SDK_TIMEOUT_MS });
  }

  #pictureFrom(answer: Answer, { model, parameters }: Attempt, call: Call): GeneratedImage {
    const { bytes, width, height, usage } = answer;
    const costMicroUsd = costOf(answer, model, parameters);
    if (costMicroUsd > call.budgetMicroUsd) {
      this.#models.tellDearer(model, {
        costMicroUsd,
        setAsideMicroUsd: call.budgetMicroUsd,
        pricesAsOf: PRICES_AS_OF,
      });
    }
    const tokens = usage && { input: usage.input, output: usage.output };
    return { bytes, width, height, model, costMicroUsd, ...(tokens ? { tokens } : {}) };
  }

  /**
   * Resolves where the request may be repeated, with whatever it takes done.
   *
   * @throws GenerationError where it may not
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
        // Refused although it was not sent: there is nothing that could be left out.
        if (!(failure.parameter in attempt.parameters)) throw failed('request_refused', cause);
        this.#models.drop(attempt.model, failure.parameter);
        return;
      default:
        if (!(await call.chances.take(failure))) throw failed(failure.kind, cause);
    }
  }
}

/** A failure that is proven to have cost nothing. */
function failed(
  reason: string,
  cause: Error | undefined,
  options: { mayRetry?: boolean } = {},
): GenerationError {
  return new GenerationError('upstream_failed', reason, { billing: 'refused', ...options, cause });
}
