import type { Context } from 'koa';

/** Labels an answer for the caches on its way. */
export function label(
  ctx: Context,
  { etag, cacheControl }: { etag: string; cacheControl: string },
) {
  ctx.set('ETag', etag);
  ctx.set('Cache-Control', cacheControl);
}

/** Answers 304 where the browser has what is labelled already; then there is nothing to send. */
export function isNotModified(ctx: Context): boolean {
  ctx.status = 200;
  if (!ctx.fresh) return false;
  ctx.status = 304;
  return true;
}
