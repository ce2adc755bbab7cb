import { randomUUID } from 'node:crypto';
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Logger } from 'pino';
import { OpenedOnce } from '../../../domain/kernel/concurrency.ts';
import { corsFor, type OriginPolicy } from '../cors.ts';
import type { RequestCounts } from '../request-counts.ts';
import { assertScoped, type V1Router, type V1State } from './principal.ts';
import { Problem, presentProblem } from './problem.ts';

/** The services that answer the requests. */
interface V1Services {
  /** Sets the principal of the request, or throws. */
  authentication: Middleware;
  /** Each function adds the routes of one folder, with their full paths. */
  rooms: readonly ((router: V1Router) => void)[];
}

/** The opened services, and the router that finds the route of a request. */
interface Served {
  authentication: Middleware;
  router: V1Router;
  dispatch: Middleware;
}

interface V1Deps {
  /** Called at the first request, and again at the next one if it throws. */
  open(): Promise<V1Services>;
  origins: OriginPolicy;
  counts: RequestCounts;
  logger: Logger;
}

const CORS = {
  methods: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  headers: 'Authorization, Content-Type, Idempotency-Key, X-API-Key, Last-Event-ID',
  exposed: 'Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
};

/**
 * Everything below `/v1`. Authentication comes first: without it, a caller cannot even learn which
 * routes exist. Only preflights of browsers, which carry no credentials, come before it. Every answer
 * has a request id, and errors are `application/problem+json`.
 */
export function v1Api({ open, origins, counts, logger }: V1Deps): Middleware {
  const cors = corsFor(origins, CORS);
  const services = new OpenedOnce<Served>(async () => {
    const { authentication, rooms } = await open();
    const router: V1Router = new Router<V1State>({ strict: true, sensitive: true });
    for (const addRoutes of rooms) addRoutes(router);
    assertScoped(router);
    return { authentication, router, dispatch: router.routes() as Middleware };
  });

  return async (ctx, next) => {
    const requestId = randomUUID();
    ctx.state.requestId = requestId;
    ctx.set('X-Request-Id', requestId);
    // A route whose responses may be cached sets this header itself.
    ctx.set('Cache-Control', 'no-store');
    try {
      await cors(ctx, async () => {
        const { authentication, router, dispatch } = await services.get();
        await authentication(ctx, async () => {
          const { path, route } = router.match(ctx.path, ctx.method);
          if (!route) throw unknown(ctx, path);
          await dispatch(ctx, next);
        });
      });
    } catch (error) {
      answer(ctx, error, { counts, logger });
    }
  };
}

/** @param layers the router's entries for this path with other methods */
function unknown(ctx: Context, layers: readonly { methods: string[] }[]): Problem {
  const methods = layers.flatMap((layer) => layer.methods);
  if (methods.length === 0) return new Problem('not_found', 'Not found.');
  ctx.set('Allow', methods.join(', '));
  return new Problem('method_not_allowed', 'This method is not allowed here.');
}

function answer(
  ctx: Context,
  error: unknown,
  { counts, logger }: Pick<V1Deps, 'counts' | 'logger'>,
): void {
  const { requestId } = ctx.state as V1State;
  const { status, headers, body } = presentProblem(error, requestId);
  ctx.set({ ...headers });
  ctx.set('Cache-Control', 'no-store');
  ctx.status = status;
  ctx.body = body;
  ctx.type = 'application/problem+json';
  const { code } = body;
  counts.addRefusal(code);
  const reason = error instanceof Problem ? error.reason : undefined;
  if (status < 500) logger.debug({ requestId, code, reason }, 'request refused');
  else if (code === 'internal') logger.error({ requestId, err: error }, 'unexpected error');
  else logger.warn({ requestId, code, err: error }, 'request failed');
}
