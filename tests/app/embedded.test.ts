import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { banner } from '../../src/app/banner.ts';
import { loadConfig } from '../../src/app/config/config.ts';
import { openCafe } from '../../src/app/container/container.ts';
import { createCafeServer } from '../../src/app/server.ts';

interface Answer {
  url: string;
  renditions: { url: string; type: string }[];
}

/** The service as it runs on a laptop, without any account; `url` is where it really listens. */
async function openEmbedded(env: Record<string, string> = {}) {
  const root = await mkdtemp(path.join(tmpdir(), 'cafe-embedded-'));
  const config = loadConfig({ DATA_DIR: root, LOG_LEVEL: 'silent', ...env });
  const cafe = await openCafe(config);
  const { server, drain } = createCafeServer(cafe);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await drain();
    await cafe.close();
    await rm(root, { recursive: true });
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = async (pagePath: string, query = '') => {
    const response = await fetch(`${url}/api/cafe/generate${query}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Real-IP': '81.2.69.142' },
      body: JSON.stringify({ context: { pagePath, pageType: 'article' } }),
    });
    return (await response.json()) as Answer;
  };
  const ask = (pagePath: string) => post(pagePath);
  const details = (pagePath: string) => post(pagePath, '?details=1');
  /** Calls the admin's API as its page does. */
  async function admin(method: string, route: string, body: unknown) {
    const headers = { 'Content-Type': 'application/json' };
    const token = cafe.admin?.madeToken;
    const signedIn = await fetch(`${url}/api/admin/session`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ token }),
    });
    const [cookie = ''] = signedIn.headers.getSetCookie();
    const response = await fetch(`${url}/api/admin${route}`, {
      method,
      headers: { ...headers, Cookie: cookie.split(';', 1)[0] ?? '' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }
  /** The same URL, but where the server really listens. */
  const local = (picture: string) => picture.replace(config.localUrl, url);
  return { root, url, ask, details, local, cafe, admin };
}

describe('on a laptop', () => {
  it('a picture is drawn, kept in the folder and served as it was kept', async () => {
    const { ask, local } = await openEmbedded();
    const { url } = await ask('/posts/a');
    expect(url).toBe(
      'http://localhost:8080/images/generated/v2/page-cache/article/posts/a-united-kingdom.png',
    );
    const picture = await fetch(local(url));
    expect(picture.status).toBe(200);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(picture.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(picture.headers.get('x-content-type-options')).toBe('nosniff');
    const bytes = Buffer.from(await picture.arrayBuffer());
    expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
    expect(bytes.readUInt32BE(16)).toBe(1024);
    expect(await ask('/posts/a')).toEqual({ url });
  });

  it('what was made of a picture is served beside it', async () => {
    const { url, local, details } = await openEmbedded();
    const { renditions } = await details('/posts/a');
    expect(renditions).toHaveLength(3);
    for (const { url: small, type } of renditions) {
      const answer = await fetch(local(small));
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      const bytes = Buffer.from(await answer.arrayBuffer());
      // Nothing but the WebP itself, whose own header says how long it is.
      expect(bytes.subarray(8, 12).toString()).toBe('WEBP');
      expect(bytes.readUInt32LE(4) + 8).toBe(bytes.length);
    }
    const card = await fetch(`${url}/api/cafe/image?path=/posts/a&type=article&rendition=card`, {
      redirect: 'manual',
      headers: { 'X-Real-IP': '81.2.69.142' },
    });
    const served = await fetch(local(card.headers.get('location') ?? ''));
    expect([served.status, served.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  });

  it('a browser that has a picture is not sent it again', async () => {
    const { ask, local } = await openEmbedded();
    const url = local((await ask('/posts/a')).url);
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    const again = await fetch(url, {
      cache: 'no-cache',
      headers: { 'If-None-Match': etag },
    });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const head = await fetch(url, { method: 'HEAD' });
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(10_000);
  });

  it('nothing but pictures is served from the folder', async () => {
    const { root, url, ask } = await openEmbedded();
    await ask('/posts/a');
    await writeFile(path.join(root, 'secret.png'), 'secret');
    const paths = [
      'secret.png',
      'records/',
      '../package.json',
      '..%2f..%2fpackage.json',
      '%2e%2e/package.json',
      'generated/v2/../../secret.png',
      'generated/v2/..%2f..%2fsecret.png',
      'generated/v2/page-cache/article/..%2f..%2f..%2f..%2fsecret.png',
      'generated/v2/page-cache/article/posts/a-united-kingdom.png/',
      'generated/v2/page-cache/article/posts/a-united-kingdom.png%00',
      'generated/v2/page-cache/article/posts',
      'generated//v2/page-cache/article/posts/a-united-kingdom.png',
      '%00',
      '%zz',
      '',
    ];
    for (const hostile of paths) {
      const { status } = await fetch(`${url}/images/${hostile}`);
      expect([hostile, status]).toEqual([hostile, 404]);
    }
  });

  it('a page that is regenerated gets another picture, for another unit', async () => {
    const { ask, local, admin } = await openEmbedded();
    const bytesAt = async (url: string) =>
      Buffer.from(await (await fetch(local(url))).arrayBuffer());
    const before = await bytesAt((await ask('/posts/a')).url);
    const page = { type: 'article', path: '/posts/a', country: 'GB' };
    const { status, body } = await admin('POST', '/pages/rebrew', page);
    expect(status).toBe(200);
    const after = await bytesAt(body.url);
    expect(after.subarray(0, 8)).toEqual(before.subarray(0, 8));
    expect(after.equals(before)).toBe(false);
    expect((await bytesAt((await ask('/posts/a')).url)).equals(after)).toBe(true);
  }, 60_000);

  it('what runs is told, without any secret', async () => {
    const { url } = await openEmbedded({
      IMAGE_GENERATOR: 'openai',
      OPENAI_API_KEY: 'sk-canary',
      OPENAI_IMAGE_MODEL: 'gpt-image-2',
    });
    const text = await (await fetch(`${url}/api/cafe/about`)).text();
    expect(JSON.parse(text)).toMatchObject({
      store: { kind: 'filesystem' },
      generator: { kind: 'openai', model: 'gpt-image-2' },
      locator: { kind: 'mmdb' },
      dailyBudget: 15,
    });
    expect(text).not.toContain('sk-canary');
  });

  it('the admin opens with a token that is made at every start, and shown to nobody else', async () => {
    const { url, cafe } = await openEmbedded();
    const token = cafe.admin?.madeToken ?? '';
    expect(token.length).toBeGreaterThanOrEqual(24);
    expect(banner(cafe.config, cafe.about, { adminToken: token, apiKey: undefined })).toContain(
      token,
    );
    const signedIn = await fetch(`${url}/api/admin/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    const [cookie = ''] = signedIn.headers.getSetCookie();
    expect(cookie).toMatch(/^cafe-admin=[^;]+; Path=\/; HttpOnly; SameSite=Strict$/);
    const budget = await fetch(`${url}/api/admin/budget`, {
      headers: { Cookie: cookie.split(';', 1)[0] ?? '' },
    });
    expect(await budget.json()).toMatchObject({ used: 0, limit: 15 });
    const other = await openEmbedded();
    expect(other.cafe.admin?.madeToken).not.toBe(token);
    expect((await openEmbedded({ ADMIN_TOKEN: 'mine' })).cafe.admin?.madeToken).toBeUndefined();
  });
});
