import { afterEach, describe, expect, it } from 'vitest';
import { requireScope, type V1Router } from '../../../src/app/http/v1/principal.ts';
import { CafeError } from '../../../src/domain/kernel/errors.ts';
import { BLOG_ORIGIN, openAccountsApi } from '../../support/open-accounts-api.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** With a route that fails as it is told. */
async function open(failure?: () => unknown) {
  const api = await openAccountsApi({
    rooms: [
      (router) =>
        router.get('/v1/failing', requireScope('read'), () => {
          throw failure?.();
        }),
    ],
  });
  closing.push(api.close);
  const key = await api.newKey('blog', ['generate', 'read', 'admin']);
  return { ...api, key };
}

describe('an answer below /v1', () => {
  it('has an id of its own, which is not taken from the request', async () => {
    const { key } = await open();
    const headers = { 'X-Request-Id': 'forged' };
    const ids = new Set<unknown>();
    for (const path of ['/v1/account', '/v1/account', '/v1/nothing']) {
      ids.add((await key.send(path, { headers })).headers['x-request-id']);
    }
    expect(ids.size).toBe(3);
    expect(ids).not.toContain('forged');
  });

  it('is 404 where there is nothing, and 405 with Allow where there is no such method', async () => {
    const { key } = await open();
    for (const path of ['/v1', '/v1/', '/v1/nothing', '/v1/keys/', '/v1/Keys']) {
      const missing = await key.send(path);
      expect(missing).toMatchObject({ status: 404, body: { code: 'not_found', status: 404 } });
      expect(missing.headers['content-type']).toBe('application/problem+json');
    }
    const wrong = await key.send('/v1/keys', { method: 'PUT' });
    expect(wrong).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    expect(wrong.headers.allow).toBe('HEAD, GET, POST');
  });

  it.each([
    ['database_unavailable', 503, '10'],
    ['storage_unavailable', 503, '10'],
    ['draining', 503, '5'],
    ['overloaded', 503, '5'],
    ['upstream_failed', 502, undefined],
    ['generation_timeout', 504, undefined],
  ] as const)('is %s as %i', async (code, status, retryAfter) => {
    const cause = new Error('password authentication failed for canary');
    const { key, log, counts } = await open(() => new CafeError(code, 'It failed.', { cause }));
    const answer = await key.send('/v1/failing');
    expect(answer).toMatchObject({ status, body: { code, status, detail: 'It failed.' } });
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.text).not.toContain('canary');
    expect(JSON.parse(log.at(-1)!)).toMatchObject({
      level: 'warn',
      code,
      requestId: answer.body.requestId,
      err: { cause: { message: cause.message } },
    });
    expect(counts.refusals.get(code)).toBe(1);
  });

  it('tells when to try again as the failure says', async () => {
    const { key } = await open(
      () => new CafeError('database_unavailable', 'It failed.', { retryAfterMs: 1500 }),
    );
    expect((await key.send('/v1/failing')).headers['retry-after']).toBe('2');
  });

  it('tells nothing of an unexpected error, which is in the log', async () => {
    const { key, log } = await open(() => new TypeError('canary of a bug'));
    const answer = await key.send('/v1/failing');
    expect(answer).toMatchObject({
      status: 500,
      body: { code: 'internal', title: 'Internal Server Error', detail: 'Something went wrong.' },
    });
    expect(answer.text).not.toContain('canary');
    expect(JSON.parse(log.at(-1)!)).toMatchObject({
      level: 'error',
      requestId: answer.body.requestId,
      err: { message: 'canary of a bug' },
    });
  });
});

describe('a route below /v1', () => {
  it.each([
    [[]],
    // Its first step would already run for everyone.
    [[() => {}, requireScope('read')]],
  ])('cannot be served without a scope, and neither can any other beside it', async (steps) => {
    const rooms = [(router: V1Router) => void router.post('/v1/open', ...steps, () => {})];
    const { newKey, log, close } = await openAccountsApi({ rooms });
    closing.push(close);
    const { send } = await newKey();
    for (const path of ['/v1/open', '/v1/account']) {
      expect(await send(path, { method: 'POST' })).toMatchObject({ status: 500 });
    }
    expect(log.join('')).toContain('no scope: POST /v1/open');
  });
});

describe('a browser on another origin', () => {
  const preflight = {
    method: 'OPTIONS',
    headers: {
      Origin: BLOG_ORIGIN,
      'Access-Control-Request-Method': 'DELETE',
      'Access-Control-Request-Headers': 'authorization',
    },
  };

  it('may ask first without credentials, on an allowed origin', async () => {
    const { send } = await open();
    const answer = await send('/v1/keys', preflight);
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': BLOG_ORIGIN,
      'access-control-allow-methods': expect.stringContaining('DELETE'),
      'access-control-allow-headers': expect.stringContaining('Authorization'),
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('reads answers and errors on an allowed origin', async () => {
    const { key, send } = await open();
    const headers = { Origin: BLOG_ORIGIN };
    for (const answer of [
      await key.send('/v1/account', { headers }),
      await send('/v1/account', { headers }),
    ]) {
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': BLOG_ORIGIN,
        'access-control-expose-headers': expect.stringContaining('Retry-After'),
        vary: 'Origin',
      });
    }
  });

  it('is refused on any other, whatever its key', async () => {
    const { key, send } = await open();
    const Origin = 'https://evil.example';
    const answer = await key.send('/v1/account', { headers: { Origin } });
    expect(answer).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' } });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    const asked = await send('/v1/keys', {
      ...preflight,
      headers: { ...preflight.headers, Origin },
    });
    expect(asked.headers).not.toHaveProperty('access-control-allow-origin');
  });
});
