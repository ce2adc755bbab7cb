import type {
  ChainedModel,
  GeneratedImage,
  ImageGenerator,
  ImageRequest,
} from '../../domain/generation/image-generator.ts';
import { GenerationError, isClaimLost } from '../../domain/kernel/errors.ts';
import {
  type CircuitBreaker,
  CircuitOpen,
  type FailureWeight,
} from '../../domain/monitoring/circuit-breaker.ts';
import { type UpstreamWatch, UselessAnswers } from '../../domain/monitoring/upstream-health.ts';

/** Failures that only the owner can fix. One of them opens the circuit. */
const GRAVE: ReadonlySet<string> = new Set([
  'access_refused',
  'credentials_refused',
  'model_unavailable',
  'quota_exhausted',
]);
/** Failures that open the circuit only if they repeat. */
const REPEATABLE: ReadonlySet<string> = new Set([
  'connection_lost',
  'connection_timeout',
  'deadline',
  'malformed_answer',
  'not_found',
  'redirected',
  'request_refused',
  'server_error',
  'unclear_answer',
  'unreachable',
  'untrusted_certificate',
]);

/**
 * Weighs the failures of an image generator for the circuit breaker. A moderated prompt or a rate limit
 * does not count, because the generator works. An unusable response counts only if it repeats for the
 * same reason.
 */
export class GenerationFailures {
  readonly #useless = new UselessAnswers();
  /** Remembers weights, because the breaker weighs each failure several times. */
  readonly #weights = new WeakMap<GenerationError, FailureWeight>();

  weigh(error: unknown): FailureWeight {
    if (!(error instanceof GenerationError)) return 'none';
    const known = this.#weights.get(error);
    if (known) return known;
    const isUseless = this.#useless.failed(error.reason);
    const weight = isUseless || GRAVE.has(error.reason) ? 'opens' : 'none';
    const weighed = weight === 'none' && REPEATABLE.has(error.reason) ? 'counts' : weight;
    this.#weights.set(error, weighed);
    return weighed;
  }

  succeeded(): void {
    this.#useless.succeeded();
  }
}

/** Whether a failed call may have been billed, so that another attempt costs money. */
export function isCostly(error: unknown): boolean {
  return error instanceof GenerationError && error.billing === 'unknown';
}

/** Pauses an image generator after failures (circuit open). A call that is not made costs nothing. */
export class BreakingImageGenerator implements ImageGenerator {
  readonly #generator: ImageGenerator;
  readonly #breaker: CircuitBreaker;
  readonly #failures: Pick<GenerationFailures, 'succeeded'>;
  readonly #watch: Pick<UpstreamWatch, 'succeeded' | 'failed'>;

  /** @param failures those that the breaker weighs */
  constructor(
    generator: ImageGenerator,
    breaker: CircuitBreaker,
    failures: Pick<GenerationFailures, 'succeeded'>,
    watch: Pick<UpstreamWatch, 'succeeded' | 'failed'>,
  ) {
    this.#generator = generator;
    this.#breaker = breaker;
    this.#failures = failures;
    this.#watch = watch;
  }

  get model(): string {
    return this.#generator.model;
  }

  get dearestMicroUsd(): number {
    return this.#generator.dearestMicroUsd;
  }

  refusal(): GenerationError | undefined {
    const pausedMs = this.#breaker.pausedMs();
    return pausedMs === undefined ? this.#generator.refusal?.() : notMade(pausedMs);
  }

  models(): readonly ChainedModel[] {
    return this.#generator.models?.() ?? [];
  }

  async recallModels(): Promise<void> {
    await this.#generator.recallModels?.();
  }

  async lookUpModels(signal: AbortSignal): Promise<void> {
    await this.#generator.lookUpModels?.(signal);
  }

  async generate(request: ImageRequest): Promise<GeneratedImage> {
    try {
      const image = await this.#breaker.run(() => this.#generator.generate(request));
      this.#failures.succeeded();
      this.#watch.succeeded();
      return image;
    } catch (error) {
      if (error instanceof CircuitOpen) throw notMade(error.retryAfterMs);
      // No call was made, so the generator has not failed.
      if (isClaimLost(error)) throw error;
      this.#watch.failed(error instanceof GenerationError ? error.reason : 'unexpected_error');
      throw error;
    }
  }
}

function notMade(retryAfterMs: number): GenerationError {
  return new GenerationError('upstream_failed', 'paused_after_failures', {
    billing: 'refused',
    retryAfterMs,
  });
}
