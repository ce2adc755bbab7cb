import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import type { Middleware } from 'koa';
import { type BuiltFile, readBuiltPages } from './built-pages.ts';
import { isNotModified, label } from './cache-labels.ts';

/** Where the site finds the browser element. */
const PUBLISHED_AT = '/bytesized-cafe-app';

/** The entries' names stay when they change; a day-old one still works. */
const ENTRY = 'public, max-age=3600, stale-while-revalidate=86400';

interface ElementFile extends BuiltFile {
  brotli: Buffer;
}

/** The published files by URL path, such as `/bytesized-cafe-app/platforms/browser.js`. */
export type ElementFiles = ReadonlyMap<string, ElementFile>;

/** Reads the folder that the element was built into; none, if it was not. */
export async function readElementFiles(folder: string): Promise<ElementFiles> {
  const compress = promisify(brotliCompress);
  const files = [...(await readBuiltPages(folder, ENTRY))];
  return new Map(
    await Promise.all(
      files.map(async ([name, file]): Promise<[string, ElementFile]> => {
        // A declaration would be served as a video otherwise.
        const type = file.type === '.ts' ? 'text/plain; charset=utf-8' : file.type;
        return [
          path.posix.join(PUBLISHED_AT, name),
          { ...file, type, brotli: await compress(file.body) },
        ];
      }),
    ),
  );
}

/** Serves the element to pages of any origin, which a module script needs permission for. */
export function elementAssets(files: ElementFiles): Middleware {
  return async (ctx, next) => {
    const file = files.get(ctx.path);
    if (!file || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    const isSmall = ctx.acceptsEncodings('br', 'identity') === 'br';
    label(ctx, { ...file, etag: isSmall ? file.etag.replace(/"$/, '-br"') : file.etag });
    ctx.vary('Accept-Encoding');
    ctx.set('Access-Control-Allow-Origin', '*');
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    if (isNotModified(ctx)) return;
    ctx.type = file.type;
    if (isSmall) ctx.set('Content-Encoding', 'br');
    ctx.body = isSmall ? file.brotli : file.body;
  };
}

/** What is missing for pages to have the element, a line each. */
export function gapsInElement(files: ElementFiles): string[] {
  if (files.has(`${PUBLISHED_AT}/cafe-image.js`)) return [];
  return [`${PUBLISHED_AT.slice(1)}/ is not built: ${PUBLISHED_AT}/* answers 404 (npm run build)`];
}
