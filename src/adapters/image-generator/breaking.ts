import { GenerationError, isClaimLost } from '../../domain/errors.ts';
import {
  type CircuitBreaker,
  CircuitOpen,
  type FailureWeight,
} from '../../domain/ports/circuit-breaker.ts';
import type {
  ChainedModel,
  GeneratedImage,
  ImageGenerator,
  ImageRequest,
} from '../../domain/ports/image-generator.ts';
import type { UpstreamWatch } from '../../domain/upstream-health.ts';

/** What only the owner can mend: no call will do better for a while. */
const GRAVE: ReadonlySet<string> = new Set([
  'access_refused',
  'credentials_refused',
  'model_unavailable',
  'quota_exhausted',
]);
/** What may happen once, but not again and again. */
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

/** A prompt that the filter did not like, a picture that is none, a rate limit: it works. */
export function weightOfGenerationFailure(error: unknown): FailureWeight {
  const reason = error instanceof GenerationError ? error.reason : '';
  if (GRAVE.has(reason)) return 'opens';
  return REPEATABLE.has(reason) ? 'counts' : 'none';
}

/**
 * A generator that is left alone while it fails. What a call costs is as the generator says; a call
 * that is not made is a proven refusal.
 */
export class BreakingImageGenerator implements ImageGenerator {
  readonly #generator: ImageGenerator;
  readonly #breaker: CircuitBreaker;
  readonly #watch: Pick<UpstreamWatch, 'succeeded' | 'failed'>;

  constructor(
    generator: ImageGenerator,
    breaker: CircuitBreaker,
    watch: Pick<UpstreamWatch, 'succeeded' | 'failed'>,
  ) {
    this.#generator = generator;
    this.#breaker = breaker;
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
      this.#watch.succeeded();
      return image;
    } catch (error) {
      if (error instanceof CircuitOpen) throw notMade(error.retryAfterMs);
      // That no call was made says nothing about the generator.
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
