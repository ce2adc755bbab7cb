import type Router from '@koa/router';
import type { RouterContext, RouterMiddleware } from '@koa/router';
import type { Principal, Scope } from '../../../domain/accounts/account.ts';
import { Problem } from './problem.ts';

/** The data that authentication passes to the routes. */
export interface V1State {
  principal: Principal;
  /** The id in the log and in the header `X-Request-Id`. */
  requestId: string;
}

export type V1Router = Router<V1State>;
export type V1Context = RouterContext<V1State>;

const guards = new WeakSet<object>();

/** Refuses callers without this scope with `insufficient_scope`. Every route needs one of these. */
export function requireScope(scope: Scope): RouterMiddleware<V1State> {
  const guard: RouterMiddleware<V1State> = (ctx, next) => {
    if (ctx.state.principal.scopes.includes(scope)) return next();
    throw new Problem('insufficient_scope', `This needs an API key with the scope \`${scope}\`.`, {
      headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
    });
  };
  guards.add(guard);
  return guard;
}

/** @throws Error for a route whose first step is not {@link requireScope}: it would be open to all */
export function assertScoped(router: V1Router): void {
  const open = router.stack.filter(({ stack: [first] }) => !first || !guards.has(first));
  if (open.length === 0) return;
  const names = open.map(({ methods, path }) => `${methods.at(-1)} ${path}`);
  throw new Error(`These routes require no scope: ${names.join(', ')}`);
}
