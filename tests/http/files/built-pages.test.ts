import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Koa from 'koa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { builtPages, readBuiltPages } from '../../../src/app/http/files/built-pages.ts';

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';

/** Serves a folder with these files; gives a function that asks for a path. */
async function serve(files: Record<string, string>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-pages-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const pages = await readBuiltPages(folder);
  const server = createServer(
    new Koa().use(builtPages(pages, 'https://pictures.example')).callback(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  const { port } = server.address() as AddressInfo;
  return (at: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${at}`, { redirect: 'manual', ...init });
}

const BLOG = {
  'index.html': 'home',
  'posts/a/index.html': 'article',
  'page/2/index.html': 'archive',
  '404.html': 'lost',
  'feed.rss': '<rss/>',
  'fonts/a.woff2': 'font',
};

describe('built pages', () => {
  it.each([
    ['/', 'home', 'text/html; charset=utf-8'],
    ['/index.html', 'home', 'text/html; charset=utf-8'],
    ['/posts/a/?from=feed', 'article', 'text/html; charset=utf-8'],
    ['/page/2/', 'archive', 'text/html; charset=utf-8'],
    ['/page/2/index.html', 'archive', 'text/html; charset=utf-8'],
    ['/feed.rss', '<rss/>', 'application/rss+xml'],
    ['/fonts/a.woff2', 'font', 'font/woff2'],
  ])('are at %s', async (at, text, type) => {
    const answer = await (await serve(BLOG))(at);
    expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([
      200,
      text,
      type,
    ]);
  });

  it('are redirected to where their relative links hold, with the query', async () => {
    const answer = await (await serve(BLOG))('/posts/a?x=1');
    expect([answer.status, answer.headers.get('location')]).toEqual([308, '/posts/a/?x=1']);
  });

  it.each(['//posts/a', '/posts', '/%70osts/a', '/posts/a/index', '/posts/../feed'])(
    'do not redirect %s',
    async (at) => {
      expect((await (await serve(BLOG))(at)).status).toBe(404);
    },
  );

  it('answer a browser with a page where there is none, and a script with nothing of it', async () => {
    const ask = await serve(BLOG);
    const [page, script, post] = await Promise.all([
      ask('/nowhere', { headers: { Accept: HTML } }),
      ask('/nowhere', { headers: { Accept: '*/*' } }),
      ask('/nowhere', { headers: { Accept: HTML }, method: 'POST' }),
    ]);
    expect([page.status, await page.text()]).toEqual([404, 'lost']);
    expect([script.status, await script.text()]).toEqual([404, 'Not Found']);
    expect([post.status, await post.text()]).toEqual([404, 'Not Found']);
  });

  it('allow their own files, and pictures from where they are kept, and nothing inline', async () => {
    const policy = (await (await serve(BLOG))('/')).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("img-src 'self' data: https://pictures.example");
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  it('are not sent again to who has them', async () => {
    const ask = await serve(BLOG);
    const etag = (await ask('/')).headers.get('etag') ?? '';
    // As a browser does; fetch by itself would add no-cache.
    const headers = { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' };
    expect((await ask('/', { headers })).status).toBe(304);
  });
});
