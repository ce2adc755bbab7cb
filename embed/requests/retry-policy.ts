/** What blocks a request: the page's Content-Security-Policy, or a service that does not allow its origin. */
export type Barrier = 'policy' | 'origin';

/** Milliseconds before each retry after a connection failure. */
const PAUSES = [1000, 4000, 15_000];

/** Seconds. A longer `Retry-After` is not waited for. */
const SHORT = 10;

/** Statuses of temporary errors. */
const PASSING = [408, 429, 503];

/** Why there is no image: a connection failure (no `status`), or another response. */
export interface Refusal {
  status?: number;
  /** Retrying does not remove it. */
  barrier?: Barrier | undefined;
  /** The service's error message. */
  message?: string | undefined;
  /** Seconds, from `Retry-After`; `NaN` for none. */
  retryAfter?: number;
}

/**
 * Milliseconds to wait before a retry; `undefined` to give up.
 *
 * A generation continues after its connection is cut, so a retry joins it. An overloaded or unavailable
 * service gets one retry if its `Retry-After` is short. Other errors would only repeat.
 *
 * @param attempt number of requests made so far, from 1
 */
export function pauseBefore(
  attempt: number,
  { status, retryAfter = Number.NaN, barrier }: Refusal,
): number | undefined {
  if (barrier) return undefined;
  if (status === undefined) return PAUSES[attempt - 1];
  const short = PASSING.includes(status) && retryAfter <= SHORT;
  return short && attempt === 1 ? retryAfter * 1000 : undefined;
}
