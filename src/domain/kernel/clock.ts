/** Time, so that tests can own it. */
export interface Clock {
  /** Milliseconds since the Unix epoch, as the wall clock has it. It may jump. */
  now(): number;
  /** Milliseconds since some fixed moment of this process. It never goes back; for ages and TTLs. */
  monotonic(): number;
  /**
   * Resolves no earlier than `ms` milliseconds of monotonic time from now.
   *
   * @param options.ref `false`: the process may end meanwhile, as if nobody slept
   */
  sleep(ms: number, options?: { ref?: boolean }): Promise<void>;
}
