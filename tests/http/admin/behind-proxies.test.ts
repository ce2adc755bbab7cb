import { describe, expect, it } from 'vitest';
import { cookieOf, openAdmin, signIn, TOKEN, WITH_ADMIN } from '../../support/admin-caller.ts';
import { openNginx } from '../../support/nginx-stand-in.ts';
import { openTestCafe, type TestCafe } from '../../support/open-test-cafe.ts';

const warnings = ({ log }: TestCafe) =>
  log.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn');

/** Signs in as a browser does that does not send `Sec-Fetch-Site`. */
function signInAt(url: string, origin = url) {
  return fetch(`${url}/api/admin/session`, {
    method: 'POST',
    body: JSON.stringify({ token: TOKEN }),
    headers: { 'Content-Type': 'application/json', Origin: origin },
  });
}

describe('behind nginx with its defaults', () => {
  it('the stream of events comes through at once', async () => {
    const cafe = await openTestCafe({ env: WITH_ADMIN });
    const { cookie } = await openAdmin(cafe);
    const nginx = await openNginx(cafe.url);
    const events = await fetch(`${nginx}/api/admin/events`, { headers: { Cookie: cookie } });
    expect(events.headers.get('content-type')).toMatch(/^text.event-stream/);
    expect(events.headers.get('x-accel-buffering')).toBe('no');
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('retry: 2000\n\n');
    await reader.cancel();
  });

  it('signing in is refused, and log and answer say that the host was not passed on', async () => {
    const cafe = await openTestCafe({ env: WITH_ADMIN });
    const nginx = await openNginx(cafe.url);
    const answer = await signInAt(nginx);
    expect(answer.status).toBe(403);
    const { error } = (await answer.json()) as { error: { message: string } };
    expect(error.message).toContain('proxy_set_header Host');
    expect(warnings(cafe)).toEqual([
      expect.objectContaining({
        msg: 'admin refused',
        reason: 'cross_site',
        origin: nginx,
        host: new URL(cafe.url).host,
        remedy: expect.stringContaining('proxy_set_header Host'),
      }),
    ]);
  });

  it('signing in works once it passes the host on, as documented', async () => {
    const cafe = await openTestCafe({ env: WITH_ADMIN });
    const nginx = await openNginx(cafe.url, { passesHost: true });
    expect((await signInAt(nginx)).status).toBe(204);
  });

  it.each([
    ['https://cafe.example', 'cafe.example:443'],
    ['https://cafe.example', 'CAFE.example'],
    ['https://cafe.example:8443', 'cafe.example:8443'],
  ])('an admin at %s may name itself as %s', async (Origin, Host) => {
    const cafe = await openTestCafe({ env: WITH_ADMIN });
    const nginx = await openNginx(cafe.url, { passesHost: true });
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      request(
        `${nginx}/api/admin/session`,
        { method: 'POST', headers: { Host, Origin, 'Content-Type': 'application/json' } },
        (answer) => resolve(answer.resume().statusCode),
      ).end(JSON.stringify({ token: TOKEN }));
    });
    expect(status).toBe(204);
  });
});

describe('an admin over plain http in production', () => {
  it('is in the log, with what to do', async () => {
    const cafe = await openTestCafe({ env: WITH_ADMIN });
    expect((await signInAt(cafe.url)).status).toBe(204);
    expect(warnings(cafe)).toEqual([
      expect.objectContaining({
        msg: 'a browser signed in over plain HTTP and will drop the session cookie',
        host: new URL(cafe.url).host,
        remedy: expect.stringContaining('HTTPS'),
      }),
    ]);
  });

  it('is not mentioned where browsers come by https', async () => {
    const cafe = await openTestCafe({ env: WITH_ADMIN });
    const answer = await signIn(cafe, TOKEN, { Origin: 'https://cafe.example' });
    expect(cookieOf(answer)).toBeDefined();
    expect(warnings(cafe)).toEqual([]);
  });
});
