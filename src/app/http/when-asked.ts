import type { Middleware } from 'koa';

/**
 * Everything at and below a path, loaded at the first request for it.
 *
 * @param load called again at the next request if it throws
 */
export function whenAsked(root: string, load: () => Promise<Middleware>): Middleware {
  let loaded: Middleware | undefined;
  return async (ctx, next) => {
    if (ctx.path !== root && !ctx.path.startsWith(`${root}/`)) return next();
    loaded ??= await load();
    return loaded(ctx, next);
  };
}
