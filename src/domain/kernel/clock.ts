/** Time as a port, so that tests control it. */
export interface Clock {
  /** Wall clock time, in milliseconds since the Unix epoch. It may jump. */
  now(): number;
  /**
   * Milliseconds since a fixed moment of this process. Never goes back. Use it for ages and TTLs.
   */
  monotonic(): number;
  /**
   * Resolves no earlier than `ms` milliseconds of monotonic time from now.
   *
   * @param options.ref `false`: the sleep does not keep the process alive
   */
  sleep(ms: number, options?: { ref?: boolean }): Promise<void>;
}
