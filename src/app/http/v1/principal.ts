import type Router from '@koa/router';
import type { RouterContext, RouterMiddleware } from '@koa/router';
import type { Principal, Scope } from '../../../domain/accounts/account.ts';
import { Problem } from './problem.ts';

/** What authentication leaves for the routes. */
export interface V1State {
  principal: Principal;
  /** Of the log, and of the header `X-Request-Id`. */
  requestId: string;
}

export type V1Router = Router<V1State>;
export type V1Context = RouterContext<V1State>;

/**
 * Refuses callers without this scope. Every route states the one it needs.
 *
 * @throws Problem `insufficient_scope`
 */
export function requireScope(scope: Scope): RouterMiddleware<V1State> {
  return (ctx, next) => {
    if (ctx.state.principal.scopes.includes(scope)) return next();
    throw new Problem('insufficient_scope', `This needs an API key with the scope \`${scope}\`.`, {
      headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
    });
  };
}
