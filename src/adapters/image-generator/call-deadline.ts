/** An answer that has begun gets at least this share of the call's time to come to its end. */
const SHARE_OF_BODY = 0.25;

/** When a call is given up. A picture whose answer has begun is paid for, so it gets some time of its own. */
export class CallDeadline {
  readonly #controller = new AbortController();
  readonly #timeoutMs: number;
  readonly #endsAt: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#endsAt = performance.now() + timeoutMs;
    this.arm();
  }

  /** Aborts when the time is up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Counts the time again, as much as is left of it. */
  arm(): void {
    this.#abortAfter(this.#endsAt - performance.now());
  }

  /** The answer has begun. */
  grantBody(): void {
    const leftMs = this.#endsAt - performance.now();
    this.#abortAfter(Math.max(leftMs, this.#timeoutMs * SHARE_OF_BODY));
  }

  /** Nothing is waited for, until it is armed again. */
  disarm(): void {
    clearTimeout(this.#timer);
  }

  #abortAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), ms);
  }
}
