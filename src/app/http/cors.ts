import type { Middleware } from 'koa';
import { Refusal } from './refusal.ts';

/** Seconds a browser may remember a preflight's answer. */
const MAX_AGE = '7200';

/**
 * Cross-origin access to one path, for the blog's own origins only; errors carry the header too.
 * Once any origin is configured, a request that names another one is refused; one without `Origin`,
 * from a script or a server, is not a browser's and passes.
 */
export function cors(path: string, allowedOrigins: readonly string[]): Middleware {
  const allowed = new Set(allowedOrigins);
  return async (ctx, next) => {
    if (ctx.path !== path) return next();
    const origin = ctx.get('Origin');
    ctx.vary('Origin');
    if (allowed.has(origin)) {
      ctx.set('Access-Control-Allow-Origin', origin);
      // A page's script sees it only by leave.
      ctx.set('Access-Control-Expose-Headers', 'Retry-After');
    } else if (origin && allowed.size > 0 && ctx.method !== 'OPTIONS') {
      throw new Refusal('origin_not_allowed', 'This origin is not allowed to ask for pictures.');
    }
    await next();
  };
}

/** Answers a preflight, for an origin that {@link cors} let through with what it may send. */
export const preflight: Middleware = (ctx) => {
  if (ctx.response.get('Access-Control-Allow-Origin')) {
    ctx.set('Access-Control-Allow-Methods', 'POST, OPTIONS');
    ctx.set('Access-Control-Allow-Headers', 'Content-Type');
    ctx.set('Access-Control-Max-Age', MAX_AGE);
  }
  ctx.status = 204;
};
