/** What a failure implies for the next call. */
export type FailureWeight =
  /** Nothing: the upstream works. */
  | 'none'
  /** Several in a row mean that the upstream is down. */
  | 'counts'
  /** The upstream will not work for a while. */
  | 'opens';

/** The call was not made: its upstream is paused after failures (circuit open). */
export class CircuitOpen extends Error {
  override name = 'CircuitOpen';
  /** Milliseconds until a call may be let through. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('the upstream is paused after failures');
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Pauses calls to a failing upstream. After several failures in a row, or one decisive failure, it
 * rejects all calls for a while. Then it lets one trial call through, whose result closes or
 * reopens the circuit.
 */
export interface CircuitBreaker {
  /** Milliseconds for which calls are rejected; `undefined` if a call would be made now. */
  pausedMs(): number | undefined;

  /** @throws CircuitOpen, at once, if the call is not made; otherwise any error of the call */
  run<T>(call: () => Promise<T>): Promise<T>;
}
