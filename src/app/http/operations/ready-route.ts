import type { Server } from 'node:http';
import type { Middleware } from 'koa';
import type { Readiness } from '../../../domain/monitoring/readiness.ts';

/**
 * `GET /ready`: 200 if the service can serve images, else 503. The body also says whether the
 * database answers, if there is one.
 *
 * @param server does not listen once the service accepts no new requests
 */
export function readyRoute(readiness: Readiness, server: Pick<Server, 'listening'>): Middleware {
  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    if (!server.listening) {
      ctx.status = 503;
      ctx.body = { status: 'draining' };
      return;
    }
    const { isReady, database } = await readiness.report();
    ctx.status = isReady ? 200 : 503;
    ctx.body = { status: isReady ? 'ready' : 'unavailable', database };
  };
}
