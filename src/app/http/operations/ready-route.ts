import type { Middleware } from 'koa';
import type { Readiness } from '../../../domain/monitoring/readiness.ts';

/**
 * `GET /ready`: 200 where pages can be given pictures, else 503, with one word and nothing more.
 *
 * @param isOpen whether new requests are still taken
 */
export function readyRoute(readiness: Readiness, isOpen: () => boolean): Middleware {
  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const isReady = isOpen() && (await readiness.isReady());
    ctx.status = isReady ? 200 : 503;
    ctx.body = { status: isReady ? 'ready' : isOpen() ? 'unavailable' : 'draining' };
  };
}
