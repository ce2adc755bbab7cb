/**
 * What can go wrong with a request for a picture, in the cafe's own words.
 *
 * - `invalid_page`: the page given is not one a picture can be kept for.
 * - `no_image_available`: nothing may be generated and there is no picture to fall back on.
 * - `storage_unavailable`: the store could not be read or written; nothing is bought without it.
 * - `upstream_failed`: the image generator refused, or sent something that is not a picture.
 * - `generation_timeout`: the image generator did not answer in time.
 * - `draining`: the service is stopping and takes no new work.
 * - `overloaded`: so much is under way that nothing more is begun.
 */
export type CafeErrorCode =
  | 'invalid_page'
  | 'no_image_available'
  | 'storage_unavailable'
  | 'upstream_failed'
  | 'generation_timeout'
  | 'draining'
  | 'overloaded';

/**
 * An expected failure. `message` is written for the caller of the API and holds nothing an
 * upstream said; that goes into `cause`, which only the log sees.
 */
export class CafeError extends Error {
  readonly code: CafeErrorCode;
  /**
   * After which asking again makes sense, in milliseconds; `Infinity` where waiting alone mends nothing,
   * absent where the code says enough.
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

/** The service is on its way out. */
export function draining(): CafeError {
  return new CafeError('draining', 'The service is stopping; ask again soon.');
}

/** What a failed call to a generator cost: `refused` is proven free, `unknown` counts as spent. */
export type Billing = 'refused' | 'unknown';

/** A call to an image generator that brought no picture. */
export class GenerationError extends CafeError {
  readonly billing: Billing;
  /**
   * Another call may succeed: the generator asked for it, or it would now cost more than what was
   * reserved. It needs a reservation of its own.
   */
  readonly mayRetry: boolean;
  /** Short, fixed words for records and the log, such as `moderation_blocked`. */
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

/** The page that a call was to be made for is no longer held, so another process may make it. */
export function claimLost(): GenerationError {
  return new GenerationError('upstream_failed', CLAIM_LOST, { billing: 'refused' });
}

/** Whether a call was not made because of {@link claimLost}. */
export function isClaimLost(error: unknown): boolean {
  return error instanceof GenerationError && error.reason === CLAIM_LOST;
}
