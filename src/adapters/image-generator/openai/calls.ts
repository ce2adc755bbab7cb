import type { ClientOptions, OpenAI } from 'openai';
import type { Clock } from '../../../domain/kernel/clock.ts';
import type { Passing } from './failure.ts';

export interface OpenAiAccount {
  apiKey: string;
  /** Empty or absent: OpenAI's URL. */
  baseUrl: string | undefined;
}

/**
 * Creates the SDK's client. The nulls and the log level stop it from reading the environment. The SDK is
 * imported late, because it takes a fifth of the service's start time.
 */
export async function openClient(
  { apiKey, baseUrl }: OpenAiAccount,
  options: ClientOptions,
): Promise<OpenAI> {
  const { OpenAI } = await import('openai');
  return new OpenAI({
    apiKey,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: baseUrl?.trim() || null,
    logLevel: 'off',
    ...options,
  });
}

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

/** A longer wait is treated as a refusal, because readers are waiting. */
const LONGEST_WAIT_MS = 20_000;
/** Waits after rate limits without `Retry-After`. Their number limits the retries. */
const DEFAULT_WAITS_MS = [1_000, 2_000];

/** The retries of one call. Only use it for failures that certainly cost nothing. */
export class SecondChances {
  readonly #clock: Clock;
  readonly #deadline: AbortSignal;
  readonly #endsAt: number;
  #waits = 0;
  #rerolled = false;
  #reconnected = false;

  /**
   * @param deadline aborts at the call's timeout
   * @param timeoutMs the remaining time of the call
   */
  constructor(clock: Clock, deadline: AbortSignal, timeoutMs: number) {
    this.#clock = clock;
    this.#deadline = deadline;
    this.#endsAt = clock.monotonic() + timeoutMs;
  }

  /** Resolves with `true` once the request may be repeated, or with `false` if it may not. */
  async take(failure: Passing): Promise<boolean> {
    switch (failure.kind) {
      case 'rate_limited':
        return this.#wait(failure.waitMs);
      case 'moderation_blocked': {
        const first = !this.#rerolled;
        this.#rerolled = true;
        return first;
      }
      case 'unreachable': {
        const first = !this.#reconnected;
        this.#reconnected = true;
        return first;
      }
    }
  }

  async #wait(requestedMs: number | undefined): Promise<boolean> {
    const defaultMs = DEFAULT_WAITS_MS[this.#waits];
    if (defaultMs === undefined) return false;
    this.#waits += 1;
    const ms = requestedMs ?? defaultMs;
    const leftMs = this.#endsAt - this.#clock.monotonic();
    if (ms > LONGEST_WAIT_MS || ms >= leftMs) return false;
    await Promise.race([this.#clock.sleep(ms), aborted(this.#deadline)]);
    return !this.#deadline.aborted;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

export class OversizedAnswer extends Error {
  override readonly name = 'OversizedAnswer';

  constructor(limit: number) {
    super(`the response is larger than ${limit} bytes`);
  }
}

/**
 * Creates a `fetch` that limits the size of responses: reading a longer one fails with `OversizedAnswer`
 * and closes the connection.
 *
 * It looks up `globalThis.fetch` at each call, so that it can be replaced. Redirects are not followed: a
 * paid request must only go to the configured server.
 *
 * @param onSend called just before anything is sent
 */
export function boundedFetch(limit: number, onSend: () => void): typeof globalThis.fetch {
  return async (input, init) => {
    onSend();
    const response = await globalThis.fetch(input, { ...init, redirect: 'manual' });
    if (!response.body) return response;
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counter(limit)), { status, statusText, headers });
  };
}

function counter(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let total = 0;
  return new TransformStream({
    transform(chunk, controller) {
      total += chunk.byteLength;
      if (total > limit) controller.error(new OversizedAnswer(limit));
      else controller.enqueue(chunk);
    },
  });
}
