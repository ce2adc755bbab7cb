import type { Middleware } from 'koa';
import type { Readiness } from '../../../domain/monitoring/readiness.ts';

/**
 * `GET /ready`: 200 if the service can serve images, else 503, with a one-word body.
 *
 * @param isOpen whether the service accepts new requests
 */
export function readyRoute(readiness: Readiness, isOpen: () => boolean): Middleware {
  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const isReady = isOpen() && (await readiness.isReady());
    ctx.status = isReady ? 200 : 503;
    ctx.body = { status: isReady ? 'ready' : isOpen() ? 'unavailable' : 'draining' };
  };
}
