import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';
import { Refusal } from './refusal.ts';

/** ASCII only, without a fragment, and without backslashes, which some parsers read as slashes. */
const PLAIN_PATH = /^\/[!"$-[\]-~]*$/;

/**
 * Refuses a target that is not a path, such as `http://x/` or `*`, and a request with two hosts.
 * Only proxies need such requests. Code that runs later would throw on a malformed target or host.
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

/** The server joins repeated headers with commas. */
export function namesSeveralHosts({ headers: { host } }: IncomingMessage): boolean {
  return host?.includes(',') ?? false;
}
