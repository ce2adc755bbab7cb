import type { Alert, Alerts } from '../../domain/ports/alerts.ts';
import type { Clock } from '../../domain/ports/clock.ts';

/** Between one try and the next. */
const WAITS_MS = [1_000, 5_000];
const TRY_MS = 5_000;

/**
 * Posts alerts as JSON: `text`, as Slack's incoming webhooks want it, and beside it what a program
 * needs. Any 2xx takes an alert. What was refused for good (4xx) is not sent again.
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
    const body = JSON.stringify({ text, service: 'bytesized-cafe', alert: kind, at, details });
    for (const wait of WAITS_MS) {
      const failure = await this.#try(body);
      if (!failure) return;
      if (!failure.mayPass || this.#closed) throw failure;
      await this.#clock.sleep(wait);
      if (this.#closed) throw failure;
    }
    const failure = await this.#try(body);
    if (failure) throw failure;
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
      return new WebhookError(`status ${status}`, status === 429 || status >= 500);
    } catch (error) {
      return new WebhookError(error instanceof Error ? error.name : 'unknown', true);
    }
  }
}

/** Its message is ours: what `fetch` says may name the address. */
class WebhookError extends Error {
  override name = 'WebhookError';
  readonly mayPass: boolean;

  constructor(reason: string, mayPass: boolean) {
    super(`the webhook did not take the alert: ${reason}`);
    this.mayPass = mayPass;
  }
}
