import { describe, expect, it, onTestFinished } from 'vitest';
import { WebhookAlerts } from '../../src/adapters/alerts/webhook.ts';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import type { Alert } from '../../src/domain/monitoring/alerts.ts';
import { serveFetch } from '../support/serve-fetch.ts';

const ALERT: Alert = {
  kind: 'generator_refused',
  text: 'The key is refused.',
  details: { model: 'm', reason: 'credentials_refused' },
};

/** A webhook that answers with these statuses in turn, and then with 200; 0 cuts the connection. */
async function open(...statuses: number[]) {
  const bodies: unknown[] = [];
  const { url, close } = await serveFetch(async (request) => {
    bodies.push(await request.json());
    const status = statuses.shift() ?? 200;
    return status === 0 ? Response.error() : new Response('ok', { status });
  });
  onTestFinished(close);
  const clock = new ManualClock(Date.parse('2026-11-21T09:12:00Z'));
  const alerts = new WebhookAlerts({ url: `${url}/hook/canary-secret?key=canary`, clock });
  /** Sends the alert while time passes. */
  async function send(): Promise<unknown> {
    let isOver = false;
    const sent = alerts.send(ALERT).then(
      () => undefined,
      (error: unknown) => error,
    );
    void sent.finally(() => {
      isOver = true;
    });
    await expect
      .poll(async () => {
        await clock.advance(1000);
        return isOver;
      })
      .toBe(true);
    return sent;
  }
  return { bodies, clock, alerts, send };
}

describe('the webhook', () => {
  it('gets JSON that Slack, Discord and programs understand', async () => {
    const { bodies, alerts } = await open();
    await alerts.send(ALERT);
    expect(bodies).toEqual([
      {
        text: 'The key is refused.',
        content: 'The key is refused.',
        service: 'bytesized-cafe',
        alert: 'generator_refused',
        at: '2026-11-21T09:12:00.000Z',
        details: { model: 'm', reason: 'credentials_refused' },
      },
    ]);
  });

  it.each([[[400]], [[422]], [[503, 400, 500]]])(
    'that refuses fields it does not know, as Google Chat does, gets the text alone: %j',
    async (statuses) => {
      const { bodies, send } = await open(...statuses);
      expect(await send()).toBeUndefined();
      expect(bodies.at(-1)).toEqual({ text: 'The key is refused.' });
    },
  );

  it.each([[500], [503, 429], [0, 0]])('is tried again after %s %s', async (...statuses) => {
    const tries = statuses.length;
    const { bodies, send } = await open(...statuses);
    expect(await send()).toBeUndefined();
    expect(bodies).toHaveLength(tries + 1);
  });

  it.each([
    [[500, 500, 500], 3, 'status 500'],
    [[404], 1, 'status 404'],
    [[400, 400], 2, 'status 400'],
    [[302], 1, 'status 302'],
    [[0, 0, 0], 3, 'TypeError'],
  ])('that answers %j is given up after %i tries', async (statuses, tries, reason) => {
    const { bodies, send } = await open(...statuses);
    const error = await send();
    expect(error).toMatchObject({
      message: `the webhook did not accept the alert: ${reason}`,
    });
    expect(bodies).toHaveLength(tries);
    expect((error as Error).cause).toBeUndefined();
  });

  it('is not tried again once it is closed', async () => {
    const { bodies, alerts, send } = await open(500, 500);
    alerts.close();
    expect(await send()).toBeInstanceOf(Error);
    expect(bodies).toHaveLength(1);
  });
});
