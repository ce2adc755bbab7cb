/** Milliseconds before each further attempt after a connection that failed or was cut. */
const PAUSES = [1000, 4000, 15_000];

/** Seconds. Who is told to come back later than that is not kept waiting. */
const SHORT = 10;

/** Why there is no answer: no connection (no `status`), or one that is not a picture. */
export interface Refusal {
  status?: number;
  /** Seconds, from `Retry-After`. */
  retryAfter?: number;
}

/**
 * Milliseconds to wait before asking again, `undefined` to give up.
 *
 * A generation goes on when its reader's connection is cut, so that asking again joins it. An
 * unavailable cafe (503) is asked once more if it says that it will be back shortly; any other
 * refusal would only be repeated.
 *
 * @param attempt how often it was asked, from 1
 */
export function pauseBefore(attempt: number, { status, retryAfter }: Refusal): number | undefined {
  if (status === undefined) return PAUSES[attempt - 1];
  const short = status === 503 && retryAfter !== undefined && retryAfter <= SHORT;
  return short && attempt === 1 ? retryAfter * 1000 : undefined;
}
