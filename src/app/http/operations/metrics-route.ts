import { createHash, timingSafeEqual } from 'node:crypto';
import type { Middleware } from 'koa';
import { bearerTokenIn } from '../bearer-token.ts';
import { Refusal } from '../refusal.ts';

/** What `GET /metrics` says. */
export interface Metrics {
  /** A MIME type. */
  readonly contentType: string;
  expose(): Promise<string>;
}

/**
 * `GET /metrics`, for Prometheus.
 *
 * @param token without it, everybody may ask
 */
export function metricsRoute(metrics: Metrics, token: string | undefined): Middleware {
  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    if (token !== undefined && !isSame(bearerTokenIn(ctx.req.headers.authorization) ?? '', token)) {
      ctx.set('WWW-Authenticate', 'Bearer');
      throw new Refusal('unauthorized', 'This is not the token.');
    }
    ctx.body = await metrics.expose();
    ctx.set('Content-Type', metrics.contentType);
  };
}

/** Takes as long whatever is wrong with the one that was sent. */
function isSame(sent: string, token: string): boolean {
  return timingSafeEqual(digest(sent), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
