import type { Middleware } from 'koa';
import type { Notice } from '../../domain/kernel/notice.ts';
import { setHeaders } from './flat-headers.ts';
import { Refusal } from './refusal.ts';

/** Seconds a browser may remember a preflight's answer. */
const MAX_AGE = '7200';
/** Requests from other origins, and none from an allowed one, until the owner is told. */
const MAX_REFUSED = 5;
const LONGEST_ORIGIN = 200;

/**
 * Cross-origin access for the blog's own origins only; errors carry the header too. Once any origin is
 * configured, a request that names another one is refused; one without `Origin`, from a script or a
 * server, is not a browser's and passes.
 */
export class OriginPolicy {
  readonly #allowed: ReadonlyMap<string | undefined, readonly string[]>;
  readonly #refusesOthers: boolean;
  readonly #allowedOrigins: readonly string[];
  readonly #notice: Notice;
  #hasAllowed = false;
  #refused = 0;

  constructor(allowedOrigins: readonly string[], notice: Notice) {
    this.#refusesOthers = allowedOrigins.length > 0;
    this.#allowedOrigins = allowedOrigins;
    this.#notice = notice;
    this.#allowed = new Map(
      allowedOrigins.map((origin) => [
        origin,
        [
          ...VARY,
          'Access-Control-Allow-Origin',
          origin,
          // A page's script sees it only by leave.
          'Access-Control-Expose-Headers',
          'Retry-After',
        ],
      ]),
    );
  }

  /** Names and values of the headers for an answer, in turn; `undefined` where it is refused. */
  headersFor(origin: string | undefined): readonly string[] | undefined {
    const headers = this.#allowed.get(origin);
    if (headers) {
      this.#hasAllowed = true;
      return headers;
    }
    return origin && this.#refusesOthers ? undefined : VARY;
  }

  /** Counts a refusal. If nothing else happens, the owner is told once. */
  countRefusal(origin: string): void {
    this.#refused += 1;
    if (this.#hasAllowed || this.#refused !== MAX_REFUSED) return;
    this.#notice('every request so far came from an origin that is not allowed', {
      origin: origin.slice(0, LONGEST_ORIGIN),
      allowed: this.#allowedOrigins,
      remedy: 'If this is your blog, add its origin to CORS_ALLOWED_ORIGINS and restart.',
    });
  }
}

const VARY = ['Vary', 'Origin'] as const;

/** Applies the policy to one path. A preflight is never refused: its answer says no by saying nothing. */
export function cors(path: string, policy: OriginPolicy): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== path) return next();
    const origin = ctx.get('Origin');
    const headers = policy.headersFor(origin || undefined);
    setHeaders(ctx, headers ?? VARY);
    if (!headers) policy.countRefusal(origin);
    if (!headers && ctx.method !== 'OPTIONS') {
      throw new Refusal('origin_not_allowed', 'This origin is not allowed to ask for pictures.');
    }
    await next();
  };
}

/** Answers a preflight, for an origin that {@link cors} let through with what it may send. */
export const preflight: Middleware = (ctx) => {
  if (ctx.response.get('Access-Control-Allow-Origin')) {
    ctx.set('Access-Control-Allow-Methods', 'POST, OPTIONS');
    ctx.set('Access-Control-Allow-Headers', 'Content-Type');
    ctx.set('Access-Control-Max-Age', MAX_AGE);
  }
  ctx.status = 204;
};
