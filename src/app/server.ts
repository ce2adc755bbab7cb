import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import Koa from 'koa';
import type { Logger } from 'pino';
import type { Cafe } from './cafe.ts';
import { fastLane } from './http/cafe/fast-lane.ts';
import { imagePresenter } from './http/cafe/generate-route.ts';
import { Connections, limitConnections } from './http/connections.ts';
import { OriginPolicy } from './http/cors.ts';
import { setHeaders } from './http/flat-headers.ts';
import { presentError } from './http/present-error.ts';
import { Refusal } from './http/refusal.ts';
import type { RequestCounts } from './http/request-counts.ts';
import { refuseOddTargets } from './http/request-target.ts';
import { addRoutes } from './http/routes.ts';
import { SECURITY_HEADERS } from './http/security-headers.ts';

/** How often connections are checked for timeouts. */
const CHECK_MS = 500;
/** How often idle connections are closed during shutdown. */
const SWEEP_MS = 50;
const AN_HOUR_MS = 3_600_000;
/**
 * Delay before the first lookup of the models, so that a process in a restart loop makes no calls.
 */
const FIRST_LOOK_UP_MS = 60_000;

export interface CafeServer {
  server: Server;
  /**
   * Accepts no new requests. Resolves once all started work has ended and is stored, and all
   * waiting requests are answered.
   */
  drain(): Promise<void>;
}

/**
 * The HTTP server, not yet listening.
 *
 * @param options.hasFastLane `false` sends every request through Koa, so that both paths can be
 *   tested
 */
export function createCafeServer(cafe: Cafe, { hasFastLane = true } = {}): CafeServer {
  const { config, unstored, sitePages, logger, names, pool, servePageImage, store } = cafe;
  const { raiseAlerts, requestCounts, watchModels } = cafe;
  const server = createServer({
    keepAliveTimeout: config.keepAliveTimeoutMs,
    headersTimeout: config.requestTimeoutMs,
    requestTimeout: config.requestTimeoutMs,
    connectionsCheckingInterval: CHECK_MS,
    // Otherwise Node silently uses the first of two contradicting headers.
    joinDuplicateHeaders: true,
  });
  server.timeout = config.answerTimeoutMs;
  const app = new Koa();
  // Only broken connections reach this handler, and only their own client is affected.
  app.on('error', (err) => logger.debug({ err }, 'connection lost'));
  app.use(async (ctx, next) => {
    await next();
    // A kept-alive connection would keep the process running.
    if (!server.listening) ctx.set('Connection', 'close');
  });
  app.use(answerErrors(logger, requestCounts));
  app.use(refuseOddTargets);
  const connections = new Connections(config.maxRequestsPerConnection);
  app.use(limitConnections(connections));
  const origins = new OriginPolicy(config.allowedOrigins, (message, details) =>
    logger.warn(details, message),
  );
  const present = imagePresenter(cafe.renditionUrls);
  addRoutes(app, cafe, { origins, present, server });
  const koa = app.callback();
  const lane = {
    servePageImage,
    names,
    present,
    origins,
    server,
    trust: config.proxy,
    counts: requestCounts,
    connections,
  };
  server.on('request', hasFastLane ? fastLane(lane, koa) : koa);

  // Runs in the background. Until the pool is known, fallbacks are found by listings. The first
  // conditional write waits until the store's features are known.
  let learned: Promise<void> | undefined;
  server.once('listening', () => {
    void pool.refresh();
    void sitePages?.refresh();
    void unstored.resume();
    learned = store.learnFeatures?.();
    void watchModels.recall();
    raiseAlerts?.checkCalendar();
  });
  const lookAtCalendar = () => {
    void watchModels.lookUp().then(() => raiseAlerts?.checkCalendar());
  };
  const first = setTimeout(lookAtCalendar, FIRST_LOOK_UP_MS).unref();
  const hourly = setInterval(lookAtCalendar, AN_HOUR_MS).unref();

  async function drain(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    cafe.admin?.watchChanges.close();
    await Promise.all([
      servePageImage.close(),
      cafe.admin?.regeneratePage.close(),
      cafe.admin?.preGeneratePages.close(),
      cafe.admin?.runModeration.close(),
      pool.close(),
      learned,
    ]);
    await unstored.close();
    clearTimeout(first);
    clearInterval(hourly);
    await watchModels.close();
    await raiseAlerts?.close();
    // After `close`, Node no longer enforces the request timeout, so clients that still send get
    // the same time.
    const cutOff = setTimeout(() => server.closeAllConnections(), config.requestTimeoutMs);
    // Node closes idle connections once. Connections that are still busy then become idle later.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    await closed;
    clearTimeout(cutOff);
    clearInterval(sweep);
  }
  return { server, drain };
}

/** Outermost: turns every error into a response with the request id of its log line. */
function answerErrors(logger: Logger, counts: RequestCounts): Koa.Middleware {
  return async (ctx, next) => {
    setHeaders(ctx, SECURITY_HEADERS);
    try {
      await next();
      refuseUnanswered(ctx);
    } catch (error) {
      const requestId = randomUUID();
      const answer = presentError(error, requestId);
      ctx.set(answer.headers);
      ctx.set('X-Request-Id', requestId);
      ctx.set('Cache-Control', 'no-store');
      ctx.status = answer.status;
      ctx.body = answer.body;
      const { code } = answer.body.error;
      counts.addRefusal(code);
      if (code === 'internal') logger.error({ requestId, err: error }, 'unexpected error');
      else logger[answer.status < 500 ? 'debug' : 'info']({ requestId, code }, 'request refused');
    }
  };
}

/** Refuses a request that no route answered. The demo blog's 404 page counts as an answer. */
function refuseUnanswered({ status, body }: Koa.Context): void {
  if (status === 404 && !body) throw new Refusal('not_found', 'Not found.');
  if (status === 405 || status === 501) {
    throw new Refusal('method_not_allowed', 'This method is not allowed here.');
  }
}
