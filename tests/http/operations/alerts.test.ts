import { describe, expect, it, onTestFinished } from 'vitest';
import { openTestCafe } from '../../support/open-test-cafe.ts';
import { refusal } from '../../support/openai-answers.ts';
import { serveFetch } from '../../support/serve-fetch.ts';

/** A webhook, and a service that knows it. */
async function openWatched(status = 200, env: Record<string, string> = {}) {
  const got: { alert: string; text: string }[] = [];
  const { url, close } = await serveFetch(async (request) => {
    got.push(await request.json());
    return new Response(null, { status });
  });
  onTestFinished(close);
  const cafe = await openTestCafe({
    env: {
      ALERT_WEBHOOK_URL: `${url}/canary-webhook`,
      OPENAI_IMAGE_MODEL: 'gpt-image-2',
      ...env,
    },
  });
  return { ...cafe, got };
}

const BAD_KEY = refusal(401, { message: 'no', code: 'invalid_api_key' });

describe('the webhook', () => {
  it('hears that the key is refused, and the reader does not wait for it', async () => {
    const { ask, openai, got } = await openWatched();
    openai.answerNext(BAD_KEY, BAD_KEY);
    expect((await ask('/posts/one')).status).toBe(502);
    expect((await ask('/posts/two')).status).toBe(502);
    await expect.poll(() => got.map(({ alert }) => alert)).toEqual(['generator_refused']);
  });

  it('that refuses alerts is in the log, without its address', async () => {
    const { ask, openai, log } = await openWatched(410);
    openai.answerNext(BAD_KEY);
    expect((await ask('/posts/one')).status).toBe(502);
    await expect.poll(() => log.join('')).toContain('alert failed');
    expect(log.join('')).toContain('status 410');
    expect(log.join('')).not.toContain('canary-webhook');
  });

  it('gets nothing where nothing is wrong', async () => {
    const { ask, drain, got } = await openWatched();
    await ask('/posts/one');
    await drain();
    expect(got).toEqual([]);
  });

  it('can be left out', async () => {
    const { cafe } = await openTestCafe({ warm: false });
    expect(cafe.raiseAlerts).toBeUndefined();
  });
});
