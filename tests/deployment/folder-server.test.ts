import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderServer } from '../../scripts/local/folder-server.ts';

/** A server of a small site, beside which there is a file that is none of its. */
async function serve(files: Record<string, string> = {}) {
  const parent = await mkdtemp(path.join(tmpdir(), 'cafe-folder-'));
  const site = path.join(parent, 'site');
  const all = { 'index.html': 'home', '404.html': 'nothing here', ...files };
  for (const [name, text] of Object.entries(all)) {
    await mkdir(path.dirname(path.join(site, name)), { recursive: true });
    await writeFile(path.join(site, name), text);
  }
  await writeFile(path.join(parent, 'secret.txt'), 'canary');
  const server = folderServer(site).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(parent, { recursive: true });
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  /** As it is written, without what `fetch` would mend. */
  return async (target: string, method = 'GET') => {
    const sent = request({ port, host: '127.0.0.1', path: target, method }).end();
    const [response] = await once(sent, 'response');
    const body = (await response.setEncoding('utf8').toArray()).join('');
    return { status: response.statusCode, headers: response.headers, body };
  };
}

describe('the static server', () => {
  it('has files by their types', async () => {
    const ask = await serve({ 'a.js': 'x', 'feed.rss': 'x', 'fonts/a.woff2': 'x', 'a.css': 'x' });
    const typeOf = async (target: string) => (await ask(target)).headers['content-type'];
    expect(await typeOf('/a.js?v=1')).toBe('text/javascript; charset=utf-8');
    expect(await typeOf('/feed.rss')).toBe('application/rss+xml; charset=utf-8');
    expect(await typeOf('/fonts/a.woff2')).toBe('font/woff2');
    expect(await typeOf('/a.css')).toBe('text/css; charset=utf-8');
  });

  it("has a folder's page by its address, and sends there without the slash", async () => {
    const ask = await serve({ 'posts/a/index.html': 'a' });
    expect(await ask('/')).toMatchObject({ status: 200, body: 'home' });
    expect(await ask('/posts/a/')).toMatchObject({ status: 200, body: 'a' });
    expect(await ask('/posts/a?x=1')).toMatchObject({
      status: 308,
      headers: { location: '/posts/a/?x=1' },
    });
  });

  it("answers what is not there with the site's own page", async () => {
    const ask = await serve();
    const missing = { status: 404, body: 'nothing here' };
    expect(await ask('/none')).toMatchObject(missing);
    expect(await ask('/index.html/none')).toMatchObject(missing);
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/posts/..%2f..%2fsecret.txt',
    '//../secret.txt',
  ])('has nothing above its folder: %s', async (target) => {
    const ask = await serve();
    expect(await ask(target)).toMatchObject({ status: 404, body: 'nothing here' });
  });

  it('refuses what it cannot read or do', async () => {
    const ask = await serve();
    expect((await ask('/%')).status).toBe(400);
    expect((await ask('/a%00b')).status).toBe(400);
    expect(await ask('/', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    expect(await ask('/', 'HEAD')).toMatchObject({ status: 200, body: '' });
  });
});
