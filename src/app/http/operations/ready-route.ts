import type { Server } from 'node:http';
import type { Middleware } from 'koa';
import type { Readiness } from '../../../domain/monitoring/readiness.ts';

/**
 * `GET /ready`: 200 if the service can serve images, else 503, with a one-word body.
 *
 * @param server does not listen once the service accepts no new requests
 */
export function readyRoute(readiness: Readiness, server: Pick<Server, 'listening'>): Middleware {
  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const isReady = server.listening && (await readiness.isReady());
    ctx.status = isReady ? 200 : 503;
    ctx.body = { status: isReady ? 'ready' : server.listening ? 'unavailable' : 'draining' };
  };
}
