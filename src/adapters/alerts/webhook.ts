import type { Clock } from '../../domain/kernel/clock.ts';
import type { Alert, Alerts } from '../../domain/monitoring/alerts.ts';

/** Pauses before the retries. */
const WAITS_MS = [1_000, 5_000];
const TRY_MS = 5_000;
const REJECTS_FIELDS: ReadonlySet<number> = new Set([400, 422]);

/**
 * Posts alerts as JSON: `text` for Slack, Mattermost and Rocket.Chat, the same text as `content` for
 * Discord, and more fields for programs. Some receivers, such as Google Chat, reject unknown fields with
 * 400 or 422; they get `text` alone. Other 4xx responses except 429 are not retried.
 */
export class WebhookAlerts implements Alerts {
  readonly #url: string;
  readonly #clock: Clock;
  #closed = false;

  constructor(options: { url: string; clock: Clock }) {
    this.#url = options.url;
    this.#clock = options.clock;
  }

  async send({ kind, text, details }: Alert): Promise<void> {
    const at = new Date(this.#clock.now()).toISOString();
    const about = { service: 'bytesized-cafe', alert: kind, at, details };
    const rejection = await this.#sendBody({ text, content: text, ...about });
    if (!rejection) return;
    if (!REJECTS_FIELDS.has(rejection.status) || this.#closed) throw rejection;
    const failure = await this.#sendBody({ text });
    if (failure) throw failure;
  }

  /** Sends with retries. Returns the last error; `undefined` if the receiver accepted the alert. */
  async #sendBody(content: object): Promise<WebhookError | undefined> {
    const body = JSON.stringify(content);
    for (const wait of WAITS_MS) {
      const failure = await this.#try(body);
      if (!failure?.isTemporary || this.#closed) return failure;
      await this.#clock.sleep(wait);
      if (this.#closed) return failure;
    }
    return this.#try(body);
  }

  close(): void {
    this.#closed = true;
  }

  async #try(body: string): Promise<WebhookError | undefined> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(TRY_MS),
      });
      await response.body?.cancel();
      if (response.ok) return undefined;
      const { status } = response;
      return new WebhookError(`status ${status}`, status);
    } catch (error) {
      return new WebhookError(error instanceof Error ? error.name : 'unknown');
    }
  }
}

/** Does not include the message of `fetch`, which may contain the secret URL. */
class WebhookError extends Error {
  override name = 'WebhookError';
  /** 0 if there was no response. */
  readonly status: number;

  constructor(reason: string, status = 0) {
    super(`the webhook did not accept the alert: ${reason}`);
    this.status = status;
  }

  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}
