import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Middleware } from 'koa';
import { isNotModified, label } from './cache-labels.ts';

export interface BuiltFile {
  body: Buffer;
  type: string;
  etag: string;
  cacheControl: string;
}

/** Files by URL path, such as `/assets/welcome-1a2b.js`; `/` is `index.html`. */
export type BuiltPages = ReadonlyMap<string, BuiltFile>;

/**
 * Reads a folder that Vite built. A folder that is not there has no pages.
 *
 * @param unhashed the Cache-Control of files whose names stay when they change
 */
export async function readBuiltPages(folder: string, unhashed = 'no-cache'): Promise<BuiltPages> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(
      files.map(async (entry): Promise<[string, BuiltFile]> => {
        const file = path.join(entry.parentPath, entry.name);
        const relative = path.relative(folder, file).split(path.sep).join('/');
        const url = relative === 'index.html' ? '/' : `/${relative}`;
        return [url, describe(relative, await readFile(file), unhashed)];
      }),
    ),
  );
}

/** Serves the built files, and nothing but them. `imageOrigin` is where their pictures come from. */
export function builtPages(pages: BuiltPages, imageOrigin: string): Middleware {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: ${imageOrigin}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return async (ctx, next) => {
    const file = pages.get(ctx.path);
    if (!file || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    label(ctx, file);
    ctx.set('Content-Security-Policy', policy);
    ctx.set('Referrer-Policy', 'no-referrer');
    if (isNotModified(ctx)) return;
    ctx.type = file.type;
    ctx.body = file.body;
  };
}

function describe(relative: string, body: Buffer, unhashed: string): BuiltFile {
  const hashed = relative.startsWith('assets/');
  return {
    body,
    type: path.extname(relative),
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    cacheControl: hashed ? 'public, max-age=31536000, immutable' : unhashed,
  };
}
