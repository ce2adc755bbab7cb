/** A response with status 200 but without a usable image; `reason` comes from a fixed set. */
export class UnusableAnswer extends Error {
  readonly reason: string;

  constructor(reason: string, options?: { cause?: unknown }) {
    super(reason, options);
    this.name = 'UnusableAnswer';
    this.reason = reason;
  }
}
