import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.rss': 'application/rss+xml; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml; charset=utf-8',
};

/**
 * Creates a server for the files in a folder, as on a static host: `index.html` for a folder, `404.html` for
 * a missing file. Files are read again for every request. The server is not listening yet.
 */
export function folderServer(folder: string): Server {
  return createServer(async (request, response) => {
    const answer = await answerTo(request.method ?? '', request.url ?? '/', folder).catch(() => ({
      status: 500,
      headers: {},
      body: 'The file cannot be read.',
    }));
    response.writeHead(answer.status, { 'Cache-Control': 'no-cache', ...answer.headers });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  });
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body?: Buffer | string;
}

async function answerTo(method: string, target: string, folder: string): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, headers: { Allow: 'GET, HEAD' } };
  // This resolves dots, also encoded ones, so no path leaves the folder.
  const url = URL.parse(target, 'http://localhost');
  const name = decoded(url?.pathname ?? '');
  if (name === undefined) return { status: 400, headers: {} };
  const asked = path.join(folder, path.posix.normalize(`/${name}`));
  const file = asked.endsWith(path.sep) ? path.join(asked, 'index.html') : asked;
  const body = await contents(file);
  if (body) return { status: 200, headers: typeOf(file), body };
  if (file === asked && (await contents(path.join(asked, 'index.html')))) {
    return { status: 308, headers: { Location: `${url?.pathname}/${url?.search}` } };
  }
  const missing = path.join(folder, '404.html');
  return { status: 404, headers: typeOf(missing), body: (await contents(missing)) ?? 'Not found' };
}

/** The response for an existing file. */
async function contents(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes(code)) return undefined;
    throw error;
  }
}

function decoded(pathname: string): string | undefined {
  try {
    const name = decodeURIComponent(pathname);
    return name.includes('\0') ? undefined : name;
  } catch {
    return undefined;
  }
}

function typeOf(file: string): Record<string, string> {
  return { 'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream' };
}
