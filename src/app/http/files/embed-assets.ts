import type { Middleware } from 'koa';
import { type CompressedFiles, readCompressedFiles, sendCompressed } from './compressed-files.ts';

/** The element's published path. */
const PUBLISHED_AT = '/bytesized-cafe-app';

/** Names of entry files never change. A copy that is one day old still works. */
const ENTRY = 'public, max-age=3600, stale-while-revalidate=86400';

/** The published files by URL path, such as `/bytesized-cafe-app/platforms/browser.js`. */
export type EmbedFiles = CompressedFiles;

/** Reads the built element; empty if it was not built. */
export function readEmbedFiles(folder: string): Promise<EmbedFiles> {
  return readCompressedFiles(folder, PUBLISHED_AT, ENTRY);
}

/** Serves the element to pages of any origin; module scripts require CORS headers. */
export function embedAssets(files: EmbedFiles): Middleware {
  return async (ctx, next) => {
    const file = files.get(ctx.path);
    if (!file || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    ctx.set('Access-Control-Allow-Origin', '*');
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    await sendCompressed(ctx, file);
  };
}

/** Missing parts of the element, one line each. */
export function gapsInElement(files: EmbedFiles): string[] {
  if (files.has(`${PUBLISHED_AT}/cafe-image.js`)) return [];
  return [`${PUBLISHED_AT.slice(1)}/ is not built: ${PUBLISHED_AT}/* answers 404 (npm run build)`];
}
