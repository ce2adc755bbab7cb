/**
 * Why a request failed.
 *
 * - `invalid_page`: the page cannot have an image.
 * - `no_image_available`: generation is not allowed and there is no fallback image.
 * - `storage_unavailable`: the store could not be read or written. Nothing is generated without it.
 * - `database_unavailable`: the database could not be read or written. Nothing is generated
 *   without it.
 * - `upstream_failed`: the image generator refused, or its response was not an image.
 * - `generation_timeout`: the image generator did not respond in time.
 * - `draining`: the service is stopping and takes no new work.
 * - `overloaded`: the service is at its limit of concurrent work.
 * - `issuer_unavailable`: the keys that sign access tokens could not be fetched from their issuer.
 */
export type CafeErrorCode =
  | 'invalid_page'
  | 'no_image_available'
  | 'storage_unavailable'
  | 'database_unavailable'
  | 'upstream_failed'
  | 'generation_timeout'
  | 'draining'
  | 'overloaded'
  | 'issuer_unavailable';

/**
 * An expected failure. `message` is for the caller of the API and contains no upstream text.
 * Upstream text goes into `cause`, which only the log sees.
 */
export class CafeError extends Error {
  readonly code: CafeErrorCode;
  /**
   * Milliseconds after which a retry makes sense. `Infinity` if waiting alone fixes nothing. Absent
   * if the code implies it.
   */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: CafeErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'CafeError';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The error codes of the backends in which the service keeps its data. */
export type BackendFailure = 'storage_unavailable' | 'database_unavailable';

/** The code of an error of the store or of the database; `undefined` for any other error. */
export function backendFailure(error: unknown): BackendFailure | undefined {
  const code = error instanceof CafeError ? error.code : undefined;
  return code === 'storage_unavailable' || code === 'database_unavailable' ? code : undefined;
}

/** The service is shutting down. */
export function draining(): CafeError {
  return new CafeError('draining', 'The service is stopping. Try again soon.');
}

/**
 * What a failed call to the generator cost: `refused` is proven free, `unknown` counts as spent.
 */
export type Billing = 'refused' | 'unknown';

/** A call to the image generator that returned no image. */
export class GenerationError extends CafeError {
  readonly billing: Billing;
  /**
   * Another call may succeed: the generator asked for a retry, or the call would cost more than its
   * reservation. A retry needs its own reservation.
   */
  readonly mayRetry: boolean;
  /** A short, fixed identifier for records and the log, such as `moderation_blocked`. */
  readonly reason: string;

  constructor(
    code: 'upstream_failed' | 'generation_timeout',
    reason: string,
    details: {
      billing: Billing;
      mayRetry?: boolean;
      cause?: unknown;
      retryAfterMs?: number | undefined;
    },
  ) {
    super(
      code,
      code === 'generation_timeout'
        ? 'The picture took too long to make.'
        : 'The picture could not be made.',
      { cause: details.cause, retryAfterMs: details.retryAfterMs },
    );
    this.name = 'GenerationError';
    this.reason = reason;
    this.billing = details.billing;
    this.mayRetry = details.mayRetry ?? false;
  }
}

const CLAIM_LOST = 'claim_lost';

/** The process lost the claim on the page, so another process may generate its image. */
export function claimLost(): GenerationError {
  return new GenerationError('upstream_failed', CLAIM_LOST, { billing: 'refused' });
}

/** Whether the call was skipped because of {@link claimLost}. */
export function isClaimLost(error: unknown): boolean {
  return error instanceof GenerationError && error.reason === CLAIM_LOST;
}
