import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import Koa from 'koa';
import { CafeError } from '../domain/errors.ts';
import type { Cafe } from './cafe.ts';
import { presentError } from './http/present-error.ts';
import { Refusal } from './http/refusal.ts';
import { addRoutes } from './http/routes.ts';

/** How often connections are looked at for having used up their time. */
const CHECK_MS = 500;

export interface CafeServer {
  server: Server;
  /** Takes no new requests, and resolves once those under way are answered. */
  drain(): Promise<void>;
}

/** The HTTP server, not yet listening. */
export function createCafeServer(cafe: Cafe): CafeServer {
  let draining = false;
  const app = new Koa();
  // What is left to reach Koa itself are connections that broke, which concerns nobody else.
  app.on('error', (err) => cafe.logger.debug({ err }, 'connection lost'));
  app.use(answerErrors(cafe));
  app.use(async (ctx, next) => {
    if (draining) {
      ctx.set('Connection', 'close');
      throw new CafeError('draining', 'The service is stopping; ask again in a moment.');
    }
    await next();
  });
  addRoutes(app, cafe);

  const server = createServer(
    {
      keepAliveTimeout: cafe.config.keepAliveTimeoutMs,
      headersTimeout: cafe.config.requestTimeoutMs,
      requestTimeout: cafe.config.requestTimeoutMs,
      connectionsCheckingInterval: CHECK_MS,
    },
    app.callback(),
  );
  const drain = () => {
    draining = true;
    return new Promise<void>((resolve, reject) => {
      server.close((error) => (error ? reject(error) : resolve()));
    });
  };
  return { server, drain };
}

/** Outermost: whatever happens further in ends as an answer with a request id. */
function answerErrors({ logger }: Cafe): Koa.Middleware {
  return async (ctx, next) => {
    const requestId = randomUUID();
    ctx.set('X-Request-Id', requestId);
    try {
      await next();
      if (ctx.status === 404) throw new Refusal('not_found', 'There is nothing here.');
      if (ctx.status === 405 || ctx.status === 501) {
        throw new Refusal('method_not_allowed', 'This method is not allowed here.');
      }
    } catch (error) {
      const answer = presentError(error, requestId);
      ctx.set(answer.headers);
      ctx.set('Cache-Control', 'no-store');
      ctx.status = answer.status;
      ctx.body = answer.body;
      const { code } = answer.body.error;
      if (code === 'internal') logger.error({ requestId, err: error }, 'unexpected error');
      else logger.debug({ requestId, code }, 'request refused');
    }
  };
}
