import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { Visitor } from '../../../domain/countries/geo-locator.ts';
import { jsonBody } from '../json-body.ts';
import { Refusal } from '../refusal.ts';
import type { AdminGate } from './admin-gate.ts';
import { ADMIN_ROOT, type AdminRoute, type Caller } from './admin-route.ts';

/** Where one signs in and out. */
export const SESSION = `${ADMIN_ROOT}/session`;
export const SignIn = z.strictObject({ token: z.string().min(1).max(1000) });

/** What was found for a request's method and path. */
interface Found {
  route: AdminRoute;
  params: Record<string, string>;
}

/**
 * Everything below `/api/admin`. Nobody gets past the gate without a session or the token, whatever
 * they ask for: what there is, and what there is not, is looked up behind it. Only signing in is
 * before it.
 */
export function adminApi(routes: readonly AdminRoute[], gate: AdminGate): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== ADMIN_ROOT && !ctx.path.startsWith(`${ADMIN_ROOT}/`)) return next();
    protect(ctx);
    if (ctx.path === SESSION && ctx.method === 'POST') return signIn(ctx, gate);
    const found = find(routes, ctx.method, ctx.path);
    const caller = await gate.admit(ctx, found?.route);
    if (ctx.path === SESSION && ctx.method === 'DELETE') {
      await gate.signOut(ctx, caller);
      ctx.status = 204;
      return;
    }
    const answered = found
      ? answer(ctx, found, { caller, visitor: gate.visitorOf(ctx) })
      : Promise.reject(unknown(routes, ctx));
    await answered.catch((error: unknown) => {
      if (isMistake(error)) gate.tellOfMistake(ctx, found?.route.path);
      throw error;
    });
  };
}

/** Answers are for this one caller and no place to load anything from. */
function protect(ctx: Context): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.set('X-Content-Type-Options', 'nosniff');
  ctx.set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  ctx.set('Cross-Origin-Resource-Policy', 'same-origin');
  ctx.set('Referrer-Policy', 'no-referrer');
}

/** A conflict is none: it is between two who were both understood. */
function isMistake(error: unknown): boolean {
  return error instanceof Refusal && error.code !== 'conflict';
}

async function signIn(ctx: Context, gate: AdminGate): Promise<void> {
  gate.refuseOtherSites(ctx, '/session');
  const { token } = parse(SignIn, await jsonBody(ctx.req), 'the body');
  gate.signIn(ctx, '/session', token);
  ctx.status = 204;
}

async function answer(
  ctx: Context,
  { route, params }: Found,
  asking: { caller: Caller; visitor: Visitor },
): Promise<void> {
  const body = route.body ? await jsonBody(ctx.req, route.bodyLimit) : undefined;
  const {
    status = 200,
    body: content,
    type,
    headers = {},
  } = await route.handle({
    params: parse(route.params, params, 'the path'),
    query: parse(route.query, { ...ctx.query }, 'the query'),
    body: route.body ? parse(route.body, body, 'the body') : undefined,
    ...asking,
  });
  ctx.status = status;
  if (type) ctx.type = type;
  ctx.set(headers);
  ctx.body = content;
}

function find(routes: readonly AdminRoute[], method: string, path: string): Found | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  for (const route of routes) {
    const params = route.method === asked ? match(route.path, path) : undefined;
    if (params) return { route, params };
  }
  return undefined;
}

/** The parameters as they stand in the path, still escaped: what they may be is the schemas' to say. */
function match(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split('/');
  const given = path.slice(ADMIN_ROOT.length).split('/');
  if (expected.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [n, segment] of expected.entries()) {
    const value = given[n] ?? '';
    if (segment.startsWith(':')) params[segment.slice(1)] = value;
    else if (segment !== value) return undefined;
  }
  return params;
}

function unknown(routes: readonly AdminRoute[], ctx: Context): Refusal {
  const methods = routes.filter(({ path }) => match(path, ctx.path)).map(({ method }) => method);
  if (ctx.path === SESSION) methods.push('POST', 'DELETE');
  if (methods.length === 0) return new Refusal('not_found', 'There is nothing here.');
  ctx.set('Allow', methods.join(', '));
  return new Refusal('method_not_allowed', 'This method is not allowed here.');
}

/** @throws Refusal that names what is wrong with which part, never the value */
function parse<T>(schema: z.ZodType<T>, value: unknown, part: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || part;
  throw new Refusal('invalid_request', `${where}: ${issue?.message ?? 'is not valid'}`);
}
