import type { Clock } from '../../domain/kernel/clock.ts';
import type { Alert, Alerts } from '../../domain/monitoring/alerts.ts';

/** Between one try and the next. */
const WAITS_MS = [1_000, 5_000];
const TRY_MS = 5_000;
const REFUSES_FIELDS: ReadonlySet<number> = new Set([400, 422]);

/**
 * Posts alerts as JSON: `text` for Slack, Mattermost and Rocket.Chat, the same as `content` for Discord,
 * and beside them what a program needs. Any 2xx takes an alert. A receiver that refuses fields it does
 * not know (400 or 422), as Google Chat does, gets `text` alone. Anything else that was refused for good
 * (4xx) is not sent again.
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
    const refused = await this.#sendBody({ text, content: text, ...about });
    if (!refused) return;
    if (!REFUSES_FIELDS.has(refused.status) || this.#closed) throw refused;
    const failure = await this.#sendBody({ text });
    if (failure) throw failure;
  }

  /** Tries for as long as a failure may pass; why it did not get through, else `undefined`. */
  async #sendBody(content: object): Promise<WebhookError | undefined> {
    const body = JSON.stringify(content);
    for (const wait of WAITS_MS) {
      const failure = await this.#try(body);
      if (!failure?.mayPass || this.#closed) return failure;
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

/** Its message is ours: what `fetch` says may name the address. */
class WebhookError extends Error {
  override name = 'WebhookError';
  /** 0 where there was no answer. */
  readonly status: number;

  constructor(reason: string, status = 0) {
    super(`the webhook did not take the alert: ${reason}`);
    this.status = status;
  }

  get mayPass(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}
