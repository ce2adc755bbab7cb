/** What keeps a page from asking: its own policy, or a service that does not allow its origin. */
export type Barrier = 'policy' | 'origin';

/** Milliseconds before each further attempt after a connection that failed or was cut. */
const PAUSES = [1000, 4000, 15_000];

/** Seconds. Who is told to come back later than that is not kept waiting. */
const SHORT = 10;

/** Statuses of a service that may answer otherwise in a moment. */
const PASSING = [408, 429, 503];

/** Why there is no answer: no connection (no `status`), or one that is not a picture. */
export interface Refusal {
  status?: number;
  /** What keeps this page from asking; asking again would not change it. */
  barrier?: Barrier | undefined;
  /** In the service's words. */
  message?: string | undefined;
  /** Seconds, from `Retry-After`; `NaN` for none. */
  retryAfter?: number;
}

/**
 * Milliseconds to wait before asking again, `undefined` to give up.
 *
 * A generation goes on when its reader's connection is cut, so that asking again joins it. A
 * service that is unavailable or has too much to do is asked once more if it says that it will be back
 * shortly. Any other refusal would only be repeated.
 *
 * @param attempt how often it was asked, from 1
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
