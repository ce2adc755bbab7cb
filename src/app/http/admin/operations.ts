import type { z } from 'zod';
import type { Operation } from '../openapi/operation.ts';
import type { ErrorCode } from '../present-error.ts';
import { SESSION, SignIn } from './admin-api.ts';
import { ADMIN_ROOT, type AdminRoute } from './admin-route.ts';

const SECURITY = ['adminToken', 'adminSession'];
const ALWAYS: readonly ErrorCode[] = [
  'unauthorized',
  'too_many_attempts',
  'storage_unavailable',
  'database_unavailable',
];
const OF_BODIES: readonly ErrorCode[] = [
  'invalid_json',
  'body_too_large',
  'unsupported_media_type',
];

const SESSIONS: readonly Operation[] = [
  {
    method: 'post',
    path: SESSION,
    tag: 'admin',
    summary: 'Exchanges the token for a session.',
    body: SignIn,
    answer: {
      status: 204,
      description: 'Signed in',
      headers: { 'Set-Cookie': 'The session' },
    },
    errors: ['invalid_request', ...OF_BODIES, 'unauthorized', 'cross_site', 'too_many_attempts'],
  },
  {
    method: 'delete',
    path: SESSION,
    tag: 'admin',
    summary: 'Ends the session, on every replica.',
    answer: { status: 204, description: 'Signed out' },
    errors: [...ALWAYS, 'cross_site'],
    security: SECURITY,
  },
];

/** The operations of the admin's route table, and sign-in and sign-out, which are not in it. */
export function adminOperations(routes: readonly AdminRoute[]): Operation[] {
  return [...SESSIONS, ...routes.map(operationOf)];
}

function operationOf(route: AdminRoute): Operation {
  const { method, path, summary, status = 200, params, query, body, answer } = route;
  return {
    method: method.toLowerCase() as Operation['method'],
    path: ADMIN_ROOT + path.replace(/:(\w+)/g, '{$1}'),
    tag: 'admin',
    summary,
    params,
    query,
    body,
    answer: { status, description: summary, schema: answer as z.ZodType },
    errors: errorsOf(route),
    security: SECURITY,
  };
}

function errorsOf({ method, path, body, errors: own = [] }: AdminRoute): ErrorCode[] {
  const errors: ErrorCode[] = ['invalid_request', ...ALWAYS, ...own];
  if (body) errors.push(...OF_BODIES);
  if (path.includes(':')) errors.push('not_found');
  if (method !== 'GET') errors.push('cross_site', 'conflict');
  return errors;
}
