import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clock/manual.ts';
import { MemoryImageStore } from '../../../src/adapters/image-store/memory.ts';
import { adminRoutes } from '../../../src/app/http/admin/admin-routes.ts';
import { Sessions } from '../../../src/domain/admin/sessions.ts';
import {
  COOKIE,
  cookieOf,
  FROM_PAGE,
  openAdmin,
  signIn,
  TOKEN,
  WITH_ADMIN,
} from '../../support/admin-caller.ts';
import { BLOG, openTestCafe, type TestCafe } from '../../support/open-test-cafe.ts';

const open = (options: Parameters<typeof openTestCafe>[0] = {}) =>
  openTestCafe({ ...options, env: { ...WITH_ADMIN, ...options.env } });
const MINUTE = 60_000;

/** A value signed with the service's own token, at another time or with another token. */
function valueFrom(epochMs: number, token = TOKEN): string {
  return new Sessions({
    token,
    idleMs: 30 * MINUTE,
    absoluteMs: 720 * MINUTE,
    store: new MemoryImageStore({ publicBaseUrl: 'https://pictures.example' }),
    recordsPrefix: 'records',
    clock: new ManualClock(epochMs),
  }).open();
}

function reasons({ log }: TestCafe): string[] {
  const entries = log.map((line) => JSON.parse(line));
  return entries.filter(({ msg }) => msg === 'admin refused').map(({ reason }) => reason);
}

/** Every route, with something in the place of each parameter. */
function everyRoute({ cafe }: TestCafe): [string, string][] {
  const routes = adminRoutes(cafe.admin!).map(({ method, path }): [string, string] => {
    return [method, path.replaceAll(/:\w+/g, 'x')];
  });
  return [...routes, ['DELETE', '/session'], ['GET', '/session'], ['GET', ''], ['GET', '/nothing']];
}

describe('signing in', () => {
  it('exchanges the token for a cookie that no script reads and no other site sends', async () => {
    const cafe = await open();
    const answer = await signIn(cafe);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const cookie = answer.headers.getSetCookie()[0];
    expect(cookie).toMatch(
      /^__Host-cafe-admin=[\w.-]+; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect(cookie).not.toContain(TOKEN);
  });

  it('gets in on every replica, and writes nothing', async () => {
    const one = await open();
    const two = await open({ beside: one });
    const before = one.keys('').length;
    const { cookie } = await openAdmin(one);
    const { status } = await two.send('/api/admin/nothing', { headers: { Cookie: cookie } });
    expect([status, one.keys('').length]).toEqual([404, before]);
  });

  it('is not needed by a script that sends the token itself', async () => {
    const cafe = await open();
    const ask = (token: string) =>
      cafe.send('/api/admin/nothing', { headers: { Authorization: `Bearer ${token}` } });
    expect((await ask(TOKEN)).status).toBe(404);
    expect((await ask(`${TOKEN}x`)).status).toBe(401);
  });

  it('N17: is refused with another token, five times as such, and never with the right one', async () => {
    const cafe = await open();
    const from = (address: string) => ({ 'X-Real-IP': address });
    for (let n = 0; n < 5; n += 1) {
      expect((await signIn(cafe, `wrong-${n}`, from('2a01:db00::1'))).status).toBe(401);
    }
    // A person who has an address has all of its network.
    const blocked = await signIn(cafe, 'wrong-5', from('2a01:db00::ffff:2'));
    expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([429, '900']);
    expect((await signIn(cafe, 'wrong-6', from('2a01:db00:0:1::1'))).status).toBe(401);
    expect((await signIn(cafe, TOKEN, from('2a01:db00::ffff:2'))).status).toBe(204);
    expect(reasons(cafe)).toEqual([
      ...[...Array(5).fill('wrong_token'), 'too_many_attempts'],
      'wrong_token',
    ]);
    expect(cafe.log.join()).not.toMatch(/wrong-\d|2a01:db00/);
  });

  it('N17: is refused with 429 after so many wrong tokens from wherever, but the right one', async () => {
    const cafe = await open({ env: { ADMIN_MAX_WRONG_TOKENS: '30' } });
    const { cookie } = await openAdmin(cafe);
    const attempts = Array.from({ length: 40 }, (_, n) => `8.8.${n}.1`);
    const statuses: number[] = [];
    for (const address of attempts) {
      statuses.push((await signIn(cafe, 'wrong', { 'X-Real-IP': address })).status);
    }
    expect(statuses).toEqual([...Array(30).fill(401), ...Array(10).fill(429)]);
    expect((await signIn(cafe, TOKEN, { 'X-Real-IP': '8.8.0.1' })).status).toBe(204);
    const bearer = { Authorization: `Bearer ${TOKEN}`, 'X-Real-IP': '8.8.0.1' };
    expect((await cafe.send('/api/admin/nothing', { headers: bearer })).status).toBe(404);
    const withCookie = { Cookie: cookie, 'X-Real-IP': '8.8.0.1' };
    expect((await cafe.send('/api/admin/nothing', { headers: withCookie })).status).toBe(404);
  });

  it.each(['Basic dXNlcjpwYXNz', 'Digest x', 'Bearerx', ''])(
    'N17: is not undone by the Authorization %j of a proxy in front',
    async (Authorization) => {
      const cafe = await open();
      const { cookie } = await openAdmin(cafe);
      for (let n = 0; n < 7; n += 1) {
        const headers = { Cookie: cookie, Authorization };
        expect((await cafe.send('/api/admin/nothing', { headers })).status).toBe(404);
      }
      const { status } = await cafe.send('/api/admin/nothing', { headers: { Authorization } });
      expect([status, reasons(cafe).at(-1)]).toEqual([401, 'no_session']);
    },
  );

  it.each([
    ['no JSON', 'not json', 400],
    ['no token', '{}', 400],
    ['more than a token', `{"token":"${TOKEN}","admin":true}`, 400],
    ['a list', '["x"]', 400],
  ])('is refused with %s', async (_, body, status) => {
    const cafe = await open();
    const answer = await cafe.send('/api/admin/session', {
      method: 'POST',
      body,
      headers: FROM_PAGE,
    });
    expect([answer.status, cookieOf(answer)]).toEqual([status, undefined]);
  });
});

describe('without a session', () => {
  it('every route answers 401, and so does what is none', async () => {
    const cafe = await open();
    cafe.s3.journal.length = 0;
    for (const [method, path] of everyRoute(cafe)) {
      const { status, body, headers } = await cafe.send(`/api/admin${path}`, {
        method,
        headers: FROM_PAGE,
        ...(method === 'GET' ? {} : { body: '{}' }),
      });
      expect([method, path, status]).toEqual([method, path, 401]);
      expect(body.error.code).toBe('unauthorized');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('www-authenticate')).toBe('Bearer');
    }
    expect(cafe.s3.journal).toEqual([]);
  });

  it.each([
    ['made up', `${COOKIE}=abc`, 'session_forged'],
    [
      'of another token',
      `${COOKIE}=${valueFrom(Date.now(), 'another-token-0123456789')}`,
      'session_forged',
    ],
    [
      'that was idle for too long',
      `${COOKIE}=${valueFrom(Date.now() - 31 * MINUTE)}`,
      'session_expired',
    ],
    ['from the future', `${COOKIE}=${valueFrom(Date.now() + 60 * MINUTE)}`, 'session_expired'],
    ['under another name', `cafe-admin=${valueFrom(Date.now())}`, 'no_session'],
  ])('a cookie %s is none', async (_, cookie, reason) => {
    const cafe = await open();
    const { status } = await cafe.send('/api/admin/nothing', { headers: { Cookie: cookie } });
    expect([status, reasons(cafe)]).toEqual([401, [reason]]);
  });

  it('a real value with a later time in it is none', async () => {
    const cafe = await open();
    const [id, since, , signature] = valueFrom(Date.now() - 31 * MINUTE).split('.');
    const Cookie = `${COOKIE}=${[id, since, Date.now(), signature].join('.')}`;
    expect((await cafe.send('/api/admin/nothing', { headers: { Cookie } })).status).toBe(401);
    expect(reasons(cafe)).toEqual(['session_forged']);
  });
});

describe('signing out', () => {
  it('ends the session at once, on every replica and for every copy of it', async () => {
    const one = await open();
    const two = await open({ beside: one });
    const admin = await openAdmin(one);
    const answer = await admin.delete('/session');
    expect(answer.status).toBe(204);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-cafe-admin=;.*Max-Age=0$/);
    for (const replica of [one, two]) {
      const { status } = await replica.send('/api/admin/nothing', {
        headers: { Cookie: admin.cookie },
      });
      expect(status).toBe(401);
      expect(reasons(replica)).toEqual(['session_signed_out']);
    }
    const value = admin.cookie.split('=')[1] ?? '';
    const stored = one
      .keys('records/')
      .map((key) => key + Buffer.from(one.s3.objects.get(key)!.bytes));
    expect(stored.join()).not.toContain(value.split('.')[0]);
  });

  it('leaves other sessions alone', async () => {
    const cafe = await open();
    const [one, two] = [await openAdmin(cafe), await openAdmin(cafe)];
    await one.delete('/session');
    expect((await two.get('/nothing')).status).toBe(404);
  });

  it('nobody gets in while the store cannot tell who has signed out', async () => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    cafe.s3.fault({ key: /sign-outs/ }, { kind: 'status', status: 503, code: 'SlowDown' }, 9);
    expect((await admin.get('/nothing')).status).toBe(503);
  });
});

describe('watching', () => {
  /** Reads on in a stream of events until some text has come, or to its end. */
  function follow(body: ReadableStream<Uint8Array> | null) {
    const reader = body!.getReader();
    let text = '';
    return async (expected: string): Promise<string> => {
      while (!text.includes(expected)) {
        const { done, value } = await reader.read();
        if (done) break;
        text += Buffer.from(value).toString();
      }
      return text;
    };
  }

  it('tells of what somebody did on another replica, and ends when the service stops', async () => {
    const one = await open();
    const two = await open({ beside: one });
    const [admin, other] = [await openAdmin(one), await openAdmin(two)];
    const { body, headers } = await fetch(`${two.url}/api/admin/events`, {
      headers: { Cookie: other.cookie },
    });
    expect(headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(headers.get('cache-control')).toBe('no-store');
    const readTo = follow(body);
    await readTo(': nothing new');
    await admin.post('/generation/pause');
    const text = await readTo('event: change');
    expect(text).toContain('data: {"topics":["activity"]}');
    const { body: last } = await fetch(`${one.url}/api/admin/events`, {
      headers: { Cookie: admin.cookie },
    });
    const readLast = follow(last);
    await readLast(': nothing new');
    await one.drain();
    expect(await readLast('never')).toContain('retry: 2000');
  });

  it('ends within seconds of signing out, on every replica', async () => {
    const one = await open();
    const two = await open({ beside: one });
    const admin = await openAdmin(one);
    const streams = await Promise.all(
      [one, two].map(async ({ url }) => {
        const { body } = await fetch(`${url}/api/admin/events`, {
          headers: { Cookie: admin.cookie },
        });
        const readTo = follow(body);
        await readTo(': nothing new');
        return readTo;
      }),
    );
    await admin.delete('/session');
    for (const readTo of streams) expect(await readTo('never')).toContain('retry: 2000');
  }, 30_000);

  it('keeps no session alive', async () => {
    const cafe = await open();
    const cookie = `${COOKIE}=${valueFrom(Date.now() - 20 * MINUTE)}`;
    const abort = new AbortController();
    const watching = await fetch(`${cafe.url}/api/admin/events`, {
      headers: { Cookie: cookie },
      signal: abort.signal,
    });
    expect([watching.status, watching.headers.getSetCookie()]).toEqual([200, []]);
    abort.abort();
    const asking = await cafe.send('/api/admin/nothing', { headers: { Cookie: cookie } });
    expect(asking.headers.getSetCookie()).toHaveLength(1);
  });
});

describe('a page that nobody sits at', () => {
  const AGED = `${COOKIE}=${valueFrom(Date.now() - 20 * MINUTE)}`;
  const ask = (cafe: TestCafe, path: string, headers: Record<string, string> = {}) =>
    cafe.send(`/api/admin${path}`, { headers: { Cookie: AGED, ...headers } });

  it.each(['/budget', '/images', '/pages', '/activity', '/nothing'])(
    'does not keep its session alive by refreshing %s, and reads it all the same',
    async (path) => {
      const cafe = await open();
      const alone = await ask(cafe, path, { 'X-Cafe-Background': '1' });
      const attended = await ask(cafe, path);
      expect(alone.status).toBe(attended.status);
      expect(alone.headers.getSetCookie()).toEqual([]);
      expect(attended.headers.getSetCookie()).toHaveLength(1);
    },
  );

  it.each(['/status', '/warming', '/images/x/hidden.png', '/images/x/hidden-small'])(
    'nor by %s, which is never asked for by hand',
    async (path) => {
      const cafe = await open();
      expect((await ask(cafe, path)).headers.getSetCookie()).toEqual([]);
    },
  );
});

describe('a request from another site', () => {
  const post = (cafe: TestCafe, cookie: string, headers: Record<string, string>) =>
    cafe.send('/api/admin/session', { method: 'DELETE', headers: { Cookie: cookie, ...headers } });

  it.each([
    [
      'a form',
      { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' },
    ],
    ['a plain text form', { 'Content-Type': 'text/plain' }],
    ['no type at all', {}],
    ['another site', { ...FROM_PAGE, 'Sec-Fetch-Site': 'cross-site' }],
    ['a sibling site', { ...FROM_PAGE, 'Sec-Fetch-Site': 'same-site' }],
    ['the address bar', { ...FROM_PAGE, 'Sec-Fetch-Site': 'none' }],
    ['the blog', { 'Content-Type': 'application/json', Origin: BLOG }],
    ['an opaque origin', { 'Content-Type': 'application/json', Origin: 'null' }],
  ])('by %s changes nothing, and is logged', async (_, headers) => {
    const cafe = await open();
    const { cookie } = await openAdmin(cafe);
    const { status, body } = await post(cafe, cookie, headers);
    expect([status, body.error.code]).toEqual([403, 'cross_site']);
    expect(reasons(cafe)).toEqual(['cross_site']);
    expect((await cafe.send('/api/admin/nothing', { headers: { Cookie: cookie } })).status).toBe(
      404,
    );
  });

  it('cannot sign in either', async () => {
    const cafe = await open();
    const answer = await signIn(cafe, TOKEN, { 'Sec-Fetch-Site': 'cross-site' });
    expect([answer.status, cookieOf(answer)]).toEqual([403, undefined]);
  });

  it('is told from one by a browser that says only its origin', async () => {
    const cafe = await open();
    const { cookie } = await openAdmin(cafe);
    const headers = { 'X-Cafe-Admin': '1', Origin: cafe.url };
    expect((await post(cafe, cookie, headers)).status).toBe(204);
  });

  it('gets no leave to read or to send', async () => {
    const cafe = await open();
    const { headers, status } = await cafe.send('/api/admin/budget', {
      method: 'OPTIONS',
      headers: { Origin: BLOG, 'Access-Control-Request-Method': 'GET' },
    });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });
});

describe('where no token is configured', () => {
  it('there is no admin in production', async () => {
    const cafe = await openTestCafe();
    expect(cafe.cafe.admin).toBeUndefined();
    for (const path of ['', '/', '/session', '/budget']) {
      expect((await cafe.send(`/api/admin${path}`)).status).toBe(404);
    }
    expect((await signIn(cafe, '')).status).toBe(404);
  });
});

describe('tricks with the path', () => {
  it.each([
    '/API/ADMIN/budget',
    '//api/admin/budget',
    '/api//admin/budget',
    '/api/admin%2fbudget',
    '/api/%61dmin/budget',
  ])('%s is no route', async (path) => {
    const cafe = await open();
    const headers = { Authorization: `Bearer ${TOKEN}` };
    expect((await cafe.send(path, { headers })).status).toBe(404);
  });

  it.each([
    '/api/admin/../admin/nothing',
    '/api/admin/./nothing',
    '/api/admin//nothing',
    '/api/admin/',
  ])('%s does not get past the gate', async (path) => {
    const cafe = await open();
    expect((await cafe.send(path)).status).toBe(401);
  });
});
