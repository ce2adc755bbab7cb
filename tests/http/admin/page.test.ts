import { describe, expect, it } from 'vitest';
import { WITH_ADMIN } from '../../support/admin-caller.ts';
import { ORIGIN, openTestCafe } from '../../support/open-test-cafe.ts';

const HTML = { Accept: 'text/html,*/*;q=0.8' };

async function open(env: Record<string, string> = WITH_ADMIN) {
  const cafe = await openTestCafe({ env });
  const get = (path: string, init: RequestInit = {}) =>
    cafe.send(path, { redirect: 'manual', headers: HTML, ...init });
  return { cafe, get };
}

/** A script that the page loads. */
function scriptIn(html: string): string {
  return /<script type="module"[^>]* src="([^"]+)"/.exec(html)?.[1] ?? '';
}

describe('the admin page', () => {
  it.each(['/admin/', '/admin/pictures', '/admin/pictures/2026-11-21_x?from=mail', '/admin/x/y'])(
    'is at %s',
    async (path) => {
      const { get } = await open();
      const { status, headers, body } = await get(path);
      expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(headers.get('cache-control')).toBe('no-cache');
      expect(body).toContain('<cafe-admin-app>');
    },
  );

  it('is found without the slash, too', async () => {
    const { get } = await open();
    const { status, headers } = await get('/admin?x=1');
    expect([status, headers.get('location')]).toEqual([308, '/admin/?x=1']);
  });

  it('runs its own scripts only, parses no text as HTML, and cannot be framed', async () => {
    const { get } = await open();
    const { headers, body } = await get('/admin/');
    expect(headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "font-src 'self'",
      `img-src 'self' ${ORIGIN} data: blob:`,
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types lit-html',
    ]);
    expect(body).not.toMatch(/<script(?![^>]*\bsrc="\/admin\/)|<style|\bstyle=|\son[a-z]+=/i);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('permissions-policy')).toContain('camera=()');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('loads files that are small and may be kept for ever', async () => {
    const { get } = await open();
    const script = scriptIn((await get('/admin/')).body);
    const { status, headers } = await get(script, { headers: { 'Accept-Encoding': 'br' } });
    expect([status, headers.get('content-encoding')]).toEqual([200, 'br']);
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('is not sent again to a browser that has it', async () => {
    const { get } = await open();
    const etag = (await get('/admin/')).headers.get('etag') ?? '';
    expect(
      (await get('/admin/', { headers: { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' } }))
        .status,
    ).toBe(304);
  });

  it.each(['/admin/assets/none.js', '/adminx', '/Admin/', '/admin/../admin/assets/'])(
    'is not at %s',
    async (path) => {
      const { get } = await open();
      expect((await get(path)).status).toBe(404);
    },
  );

  it('is not there where there is no admin', async () => {
    const { get } = await open({});
    for (const path of ['/admin', '/admin/', '/admin/pictures', '/admin/index.html']) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
  });

  it('takes nothing that is sent to it', async () => {
    const { get } = await open();
    expect((await get('/admin/', { method: 'POST', body: '{}' })).status).toBe(404);
  });
});
