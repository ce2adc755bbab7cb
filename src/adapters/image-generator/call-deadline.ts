/** Once a response has started, it gets at least this share of the timeout. */
const SHARE_OF_BODY = 0.25;

/** The timeout of a call. Once the response has started, the image is paid, so it gets extra time. */
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

  /** Aborts at the timeout. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Restarts the timer with the remaining time. */
  arm(): void {
    this.#abortAfter(this.#endsAt - performance.now());
  }

  /** Call when the response starts. */
  grantBody(): void {
    const leftMs = this.#endsAt - performance.now();
    this.#abortAfter(Math.max(leftMs, this.#timeoutMs * SHARE_OF_BODY));
  }

  /** Stops the timer until `arm` is called. */
  disarm(): void {
    clearTimeout(this.#timer);
  }

  #abortAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), ms);
  }
}
