import Router, { type RouterContext } from '@koa/router';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { jsonBody } from '../json-body.ts';
import { Refusal } from '../refusal.ts';
import type { AdminGate } from './admin-gate.ts';
import { ADMIN_ROOT, type AdminRoute, type Caller } from './admin-route.ts';

/** The path of sign-in and sign-out. */
export const SESSION = `${ADMIN_ROOT}/session`;
export const SignIn = z.strictObject({ token: z.string().min(1).max(1000) });

/**
 * Everything below `/api/admin`. The gate runs first: without a session or the token, a caller
 * cannot even learn which routes exist. Only sign-in comes before the gate.
 */
export function adminApi(routes: readonly AdminRoute[], gate: AdminGate): Middleware {
  const router = new Router<AdminState>({ prefix: ADMIN_ROOT, strict: true, sensitive: true });
  const byName = new Map(routes.map((route) => [nameOf(route), route]));
  for (const [name, route] of byName) {
    router.register(route.path, [route.method], (ctx) => answer(ctx, route, gate), { name });
  }
  router.delete('/session', async (ctx) => {
    await gate.signOut(ctx, ctx.state.caller);
    ctx.status = 204;
  });
  const dispatch = router.routes() as Middleware;

  return async (ctx, next) => {
    if (ctx.path !== ADMIN_ROOT && !ctx.path.startsWith(`${ADMIN_ROOT}/`)) return next();
    protect(ctx);
    if (ctx.path === SESSION && ctx.method === 'POST') return signIn(ctx, gate);
    const found = router.match(ctx.path, ctx.method);
    const route = byName.get(found.pathAndMethod[0]?.name ?? '');
    ctx.state.caller = await gate.admit(ctx, route);
    try {
      if (!found.route) throw unknown(ctx, found.path);
      await dispatch(ctx, next);
    } catch (error) {
      if (isMistake(error)) gate.tellOfMistake(ctx, route?.path);
      throw error;
    }
  };
}

/** The data that the gate passes to the routes. */
interface AdminState {
  caller: Caller;
}

function nameOf({ method, path }: AdminRoute): string {
  return `${method} ${path}`;
}

/** Responses are private to this caller and must not load other resources. */
function protect(ctx: Context): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.set('X-Content-Type-Options', 'nosniff');
  ctx.set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  ctx.set('Cross-Origin-Resource-Policy', 'same-origin');
  ctx.set('Referrer-Policy', 'no-referrer');
}

/** Whether the caller made a mistake. A conflict is none, because both requests were valid. */
function isMistake(error: unknown): boolean {
  return error instanceof Refusal && error.code !== 'conflict' && error.code !== 'accounts_off';
}

async function signIn(ctx: Context, gate: AdminGate): Promise<void> {
  gate.refuseOtherSites(ctx, '/session');
  const { token } = parse(SignIn, await jsonBody(ctx.req), 'the body');
  gate.signIn(ctx, '/session', token);
  ctx.status = 204;
}

async function answer(
  ctx: RouterContext<AdminState>,
  route: AdminRoute,
  gate: AdminGate,
): Promise<void> {
  const body = route.body ? await jsonBody(ctx.req, route.bodyLimit) : undefined;
  const answered = await route.handle({
    params: parse(route.params, paramsOf(ctx, route), 'the path'),
    query: parse(route.query, { ...ctx.query }, 'the query'),
    body: route.body ? parse(route.body, body, 'the body') : undefined,
    caller: ctx.state.caller,
    visitor: gate.visitorOf(ctx),
  });
  ctx.status = answered.status ?? route.status ?? 200;
  if (answered.type) ctx.type = answered.type;
  ctx.set(answered.headers ?? {});
  ctx.body = answered.body;
}

/** The path parameters, still escaped. The schemas validate them. */
function paramsOf({ captures = [] }: RouterContext, { path }: AdminRoute): Record<string, unknown> {
  const names = path.match(/(?<=:)\w+/g) ?? [];
  return Object.fromEntries(names.map((name, at) => [name, captures[at]]));
}

/** @param layers the router's entries for this path with other methods */
function unknown(ctx: Context, layers: readonly { methods: string[] }[]): Refusal {
  const methods = layers.flatMap((layer) => layer.methods);
  if (ctx.path === SESSION) methods.push('POST');
  if (methods.length === 0) return new Refusal('not_found', 'Not found.');
  ctx.set('Allow', methods.join(', '));
  return new Refusal('method_not_allowed', 'This method is not allowed here.');
}

/** @throws Refusal that names the invalid part and the reason, never the value */
function parse<T>(schema: z.ZodType<T>, value: unknown, part: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || part;
  throw new Refusal('invalid_request', `${where}: ${issue?.message ?? 'is not valid'}`);
}
