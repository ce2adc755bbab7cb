import type { Middleware } from 'koa';
import { OpenedOnce } from '../../domain/kernel/concurrency.ts';

/**
 * Everything at and below a path, loaded at the first request for it.
 *
 * @param load called again at the next request if it throws
 */
export function whenAsked(root: string, load: () => Promise<Middleware>): Middleware {
  const loaded = new OpenedOnce(load);
  return async (ctx, next) => {
    if (ctx.path !== root && !ctx.path.startsWith(`${root}/`)) return next();
    const serve = await loaded.get();
    return serve(ctx, next);
  };
}
