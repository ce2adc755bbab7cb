import {
  createServer,
  type IncomingHttpHeaders,
  get as plainGet,
  type ServerResponse,
} from 'node:http';
import type https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type DownloadGuard,
  downloadImage,
} from '../../src/adapters/image-generator/image-download.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const URL_OF_PICTURE = new URL('https://pictures.example/1.png?sig=abc');

/** A host behind TLS that a proxy takes away; every name leads to it, unless `resolved` says otherwise. */
async function served(
  answer: (response: ServerResponse, path: string) => void,
  resolved: Record<string, string> = {},
) {
  const asked: { path: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', headers: request.headers });
    answer(response, request.url ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const get = ((url: URL, options: object) =>
    plainGet({
      host: url.hostname,
      port,
      path: url.pathname + url.search,
      ...options,
    })) as typeof https.get;
  const guard: DownloadGuard = {
    get,
    resolve: async (name) => [{ address: resolved[name] ?? '127.0.0.1', family: 4 }],
    // The stand-in's address stands for any public one.
    mayConnect: (address) => address === '127.0.0.1',
  };
  return { asked, guard };
}

describe('a picture at an address', () => {
  it('is got whole, without a key', async () => {
    const { asked, guard } = await served((response) => response.end('picture'));
    const bytes = await downloadImage(URL_OF_PICTURE, guard);
    expect(Buffer.from(bytes).toString()).toBe('picture');
    expect(asked.map(({ path }) => path)).toEqual(['/1.png?sig=abc']);
    expect(asked[0]?.headers).not.toHaveProperty('authorization');
  });

  it('is got behind redirects, to other hosts too', async () => {
    const { asked, guard } = await served((response, path) => {
      const next = { '/1.png?sig=abc': '/2.png', '/2.png': 'https://cdn.example/3.png' }[path];
      if (next) response.writeHead(302, { location: next }).end();
      else response.end('picture');
    });
    await downloadImage(URL_OF_PICTURE, guard);
    expect(asked.map(({ path }) => path)).toEqual(['/1.png?sig=abc', '/2.png', '/3.png']);
  });

  it.each([
    ['leads to plain http', { location: 'http://pictures.example/1.png' }, /https/],
    ['leads to an address in the network', { location: 'https://10.0.0.1/1.png' }, /not public/],
    ['leads to a name in the network', { location: 'https://inside.example/' }, /not public/],
    ['leads nowhere', { location: 'https://' }, /invalid URL/],
    ['leads in a circle', { location: '/1.png' }, /more than 3 times/],
  ])('is not got where it %s', async (_, headers, why) => {
    const inside = { 'inside.example': '192.168.0.1' };
    const { asked, guard } = await served(
      (response) => response.writeHead(302, headers).end(),
      inside,
    );
    await expect(downloadImage(URL_OF_PICTURE, guard)).rejects.toThrow(why);
    expect(asked.length).toBeLessThanOrEqual(4);
  });

  it.each([
    'http://pictures.example/1.png',
    'ftp://pictures.example/1.png',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/1.png',
    'https://inside.example/1.png',
  ])('is not got at %s', async (url) => {
    const { asked, guard } = await served((response) => response.end('secret'), {
      'inside.example': '127.0.0.2',
    });
    await expect(downloadImage(new URL(url), guard)).rejects.toThrow(/https|not public/);
    expect(asked).toEqual([]);
  });

  it.each([403, 404, 500, 204])('is not got with status %i', async (status) => {
    const { guard } = await served((response) => response.writeHead(status).end());
    await expect(downloadImage(URL_OF_PICTURE, guard)).rejects.toThrow(`it returns ${status}`);
  });

  it('is not got where it has more than 20 MB', async () => {
    const { guard } = await served((response) => {
      const chunk = Buffer.alloc(1_000_000);
      const more = (n: number) => {
        if (n > 40) response.end();
        else if (!response.destroyed) response.write(chunk, () => more(n + 1));
      };
      more(0);
    });
    await expect(downloadImage(URL_OF_PICTURE, guard)).rejects.toThrow('larger than 20000000');
  });

  it('is not got in part', async () => {
    const { guard } = await served((response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    await expect(downloadImage(URL_OF_PICTURE, guard)).rejects.toThrow();
  });
});
