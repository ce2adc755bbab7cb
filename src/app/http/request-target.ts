import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';
import { Refusal } from './refusal.ts';

/** In ASCII, without a fragment, and without the backslash that some take for a slash. */
const PLAIN_PATH = /^\/[!"$-[\]-~]*$/;

/**
 * Refuses a target that is no path, such as `http://x/` or `*`, and a request for two hosts. Only proxies
 * need those, and parsers further in throw at what is broken in them.
 */
export const refuseOddTargets: Middleware = (ctx, next) => {
  if (!PLAIN_PATH.test(ctx.req.url ?? '')) {
    throw new Refusal('invalid_request', 'The request target must be a plain path.');
  }
  if (namesSeveralHosts(ctx.req)) {
    throw new Refusal('invalid_request', 'The request must have one Host header.');
  }
  return next();
};

/** The server joins headers that are sent several times by commas. */
export function namesSeveralHosts({ headers: { host } }: IncomingMessage): boolean {
  return host?.includes(',') ?? false;
}
