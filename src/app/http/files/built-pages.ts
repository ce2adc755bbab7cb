import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Middleware } from 'koa';
import { isNotModified, label } from './cache-labels.ts';
import { contentPolicy } from './content-policy.ts';

export interface BuiltFile {
  body: Buffer;
  type: string;
  etag: string;
  cacheControl: string;
}

/** Files by URL path. A folder's `index.html` is listed under its own path and the folder's. */
export type BuiltPages = ReadonlyMap<string, BuiltFile>;

const INDEX = 'index.html';
const NOT_FOUND = '/404.html';

/**
 * Reads a folder of built files. A missing folder has no pages.
 *
 * @param unhashed Cache-Control of files without a hash of their content in the name
 */
export async function readBuiltPages(folder: string, unhashed = 'no-cache'): Promise<BuiltPages> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const files = entries.filter((entry) => entry.isFile());
  const pages = await Promise.all(
    files.map(async (entry): Promise<[string, BuiltFile][]> => {
      const file = path.join(entry.parentPath, entry.name);
      const url = `/${path.relative(folder, file).split(path.sep).join('/')}`;
      const built = describe(url, await readFile(file), unhashed);
      return entry.name === INDEX
        ? [
            [url, built],
            [url.slice(0, -INDEX.length), built],
          ]
        : [[url, built]];
    }),
  );
  return new Map(pages.flat());
}

/**
 * Serves the built files only. Redirects a folder without its trailing slash, and sends browsers
 * the 404 page for missing files.
 *
 * @param imageOrigin origin of the pages' images
 */
export function builtPages(pages: BuiltPages, imageOrigin: string): Middleware {
  const policy = contentPolicy(['data:', imageOrigin]);
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next();
    const found = pages.get(ctx.path);
    if (!found && pages.has(`${ctx.path}/`)) {
      ctx.status = 308;
      ctx.redirect(`${ctx.path}/${ctx.search}`);
      return;
    }
    const file = found ?? (ctx.accepts('json', 'html') === 'html' && pages.get(NOT_FOUND));
    if (!file) return next();
    label(ctx, file);
    ctx.set('Content-Security-Policy', policy);
    if (found && isNotModified(ctx)) return;
    ctx.status = found ? 200 : 404;
    ctx.type = file.type;
    ctx.body = file.body;
  };
}

function describe(url: string, body: Buffer, unhashed: string): BuiltFile {
  const hashed = url.startsWith('/assets/');
  return {
    body,
    type: path.extname(url),
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    cacheControl: hashed ? 'public, max-age=31536000, immutable' : unhashed,
  };
}
