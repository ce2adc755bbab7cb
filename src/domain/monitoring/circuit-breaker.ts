/** What a failure says about the next call. */
export type FailureWeight =
  /** Nothing: the upstream works. */
  | 'none'
  /** Several in a row mean that it does not work. */
  | 'counts'
  /** It will not work for a while. */
  | 'opens';

/** The call was not made: its upstream is left alone for a while. */
export class CircuitOpen extends Error {
  override name = 'CircuitOpen';
  /** Milliseconds until a call may be let through. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('the upstream is left alone for a while');
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Leaves an upstream alone that fails: after several failures in a row, or one that says enough, no
 * call is made for a while. Then one is tried, alone, and decides whether the others are made again.
 */
export interface CircuitBreaker {
  /** Milliseconds for which no call is let through; `undefined` where one would be made now. */
  pausedMs(): number | undefined;

  /** @throws CircuitOpen, at once, where the call is not made; else what the call throws */
  run<T>(call: () => Promise<T>): Promise<T>;
}
