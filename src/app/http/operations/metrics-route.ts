import { createHash, timingSafeEqual } from 'node:crypto';
import type { Middleware } from 'koa';
import { bearerTokenIn } from '../bearer-token.ts';
import { Refusal } from '../refusal.ts';

/** The content of `GET /metrics`. */
export interface Metrics {
  /** A MIME type. */
  readonly contentType: string;
  expose(): Promise<string>;
}

/**
 * `GET /metrics`, for Prometheus.
 *
 * @param token without it, access is public
 */
export function metricsRoute(metrics: Metrics, token: string | undefined): Middleware {
  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    if (token !== undefined && !isSame(bearerTokenIn(ctx.req.headers.authorization) ?? '', token)) {
      ctx.set('WWW-Authenticate', 'Bearer');
      throw new Refusal('unauthorized', 'The token is wrong.');
    }
    ctx.body = await metrics.expose();
    ctx.set('Content-Type', metrics.contentType);
  };
}

/** Takes constant time, wherever the token differs. */
function isSame(sent: string, token: string): boolean {
  return timingSafeEqual(digest(sent), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
