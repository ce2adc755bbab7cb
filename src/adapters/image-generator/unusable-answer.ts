/** An answer that came with status 200 and holds no picture; `reason` is short and fixed. */
export class UnusableAnswer extends Error {
  readonly reason: string;

  constructor(reason: string, options?: { cause?: unknown }) {
    super(reason, options);
    this.name = 'UnusableAnswer';
    this.reason = reason;
  }
}
