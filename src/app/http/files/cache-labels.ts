import type { Context } from 'koa';

/** Sets the caching headers of a response. */
export function label(
  ctx: Context,
  { etag, cacheControl }: { etag: string; cacheControl: string },
) {
  ctx.set('ETag', etag);
  ctx.set('Cache-Control', cacheControl);
}

/** Responds with 304 and no body if the browser's copy is current. */
export function isNotModified(ctx: Context): boolean {
  ctx.status = 200;
  if (!ctx.fresh) return false;
  ctx.status = 304;
  return true;
}
