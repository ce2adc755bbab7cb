import koaCors from '@koa/cors';
import type { Middleware } from 'koa';
import type { Notice } from '../../domain/kernel/notice.ts';
import { Refusal } from './refusal.ts';

/** Seconds a browser may cache a preflight response. */
const MAX_AGE = 7200;
/** Page scripts can read this header only if it is exposed. */
const EXPOSED = 'Retry-After';
/**
 * Number of refused requests after which the owner is warned, if no request came from an allowed
 * origin.
 */
const MAX_REFUSED = 5;
const LONGEST_ORIGIN = 200;

/**
 * Cross-origin access for the blog's own origins only; errors carry the header too. Once any origin
 * is configured, requests from other origins are refused. Requests without `Origin` come from
 * scripts or servers, not browsers, and pass.
 */
export class OriginPolicy {
  readonly #allowed: ReadonlyMap<string | undefined, readonly string[]>;
  readonly #allowedOrigins: readonly string[];
  readonly #notice: Notice;
  #hasAllowed = false;
  #refused = 0;

  constructor(allowedOrigins: readonly string[], notice: Notice) {
    this.#allowedOrigins = allowedOrigins;
    this.#notice = notice;
    this.#allowed = new Map(
      allowedOrigins.map((origin) => [
        origin,
        [...VARY, 'Access-Control-Allow-Origin', origin, 'Access-Control-Expose-Headers', EXPOSED],
      ]),
    );
  }

  /**
   * Response headers, names and values alternating; `undefined` if the origin is refused. The fast
   * lane sends these; in Koa, `@koa/cors` sets the same.
   */
  headersFor(origin: string | undefined): readonly string[] | undefined {
    const headers = this.#allowed.get(origin);
    if (headers) {
      this.#hasAllowed = true;
      return headers;
    }
    return origin && this.#allowedOrigins.length > 0 ? undefined : VARY;
  }

  /** Whether it is one of the configured origins. */
  allows(origin: string): boolean {
    return this.#allowed.has(origin);
  }

  /** Counts a refusal, and warns the owner once if only refusals occur. */
  countRefusal(origin: string): void {
    this.#refused += 1;
    if (this.#hasAllowed || this.#refused !== MAX_REFUSED) return;
    this.#notice('all requests so far came from origins that are not allowed', {
      origin: origin.slice(0, LONGEST_ORIGIN),
      allowed: this.#allowedOrigins,
      remedy: 'If this is your blog, add its origin to CORS_ALLOWED_ORIGINS and restart.',
    });
  }
}

const VARY = ['Vary', 'Origin'] as const;

/** What browsers on allowed origins may do, as comma-separated lists. */
export interface CorsRules {
  methods: string;
  /** Request headers. */
  headers: string;
  /** Response headers that scripts may read. */
  exposed: string;
}

/** Applies the policy to one path, for requests that post JSON. */
export function cors(path: string, policy: OriginPolicy): Middleware {
  const rules = { methods: 'POST, OPTIONS', headers: 'Content-Type', exposed: EXPOSED };
  const handle = corsFor(policy, rules);
  return (ctx, next) => (ctx.path === path ? handle(ctx, next) : next());
}

/**
 * Applies the policy. Requests from other origins are refused. Their preflights get a
 * response without CORS headers, which refuses them as well. `@koa/cors` sets the headers for an
 * allowed origin.
 */
export function corsFor(policy: OriginPolicy, rules: CorsRules): Middleware {
  const setHeaders = koaCors({
    origin: (ctx) => (policy.allows(ctx.get('Origin')) ? ctx.get('Origin') : ''),
    allowMethods: rules.methods,
    allowHeaders: rules.headers,
    exposeHeaders: rules.exposed,
    maxAge: MAX_AGE,
    // The headers are already on the response and must not be added to the error object.
    keepHeadersOnError: false,
  });
  return async (ctx, next) => {
    const origin = ctx.get('Origin');
    const isRefused = policy.headersFor(origin || undefined) === undefined;
    if (isRefused) policy.countRefusal(origin);
    if (isRefused && ctx.method !== 'OPTIONS') {
      ctx.vary('Origin');
      throw new Refusal(
        'origin_not_allowed',
        'This origin is not allowed. Add it to CORS_ALLOWED_ORIGINS.',
      );
    }
    await setHeaders(ctx, next);
  };
}

/** Answers an `OPTIONS` request that is not a preflight of an allowed origin. */
export const options: Middleware = (ctx) => {
  ctx.status = 204;
};
