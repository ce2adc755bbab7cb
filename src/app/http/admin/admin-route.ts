import { z } from 'zod';
import type { AdminSession } from '../../../domain/admin/sessions.ts';
import type { Visitor } from '../../../domain/countries/geo-locator.ts';
import type { ErrorCode } from '../present-error.ts';

/** The common path of the admin routes. */
export const ADMIN_ROOT = '/api/admin';

/** A signed-in owner, or a script that sends the token itself. */
export type Caller =
  | { kind: 'session'; session: AdminSession }
  | { kind: 'token'; session?: undefined };

/** The parts of an authenticated request that a handler receives. */
export interface AdminRequest<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  caller: Caller;
  /** The sender of the request: its address and its headers. */
  visitor: Visitor;
}

export interface AdminAnswer<Body> {
  /** Default: that of the route. */
  status?: number;
  body: Body;
  /** MIME type of bytes and streams; anything else is JSON. */
  type?: string;
  headers?: Readonly<Record<string, string>>;
}

/** The caller's name in the audit trail. */
export function actorOf(caller: Caller): string {
  return caller.kind === 'token' ? 'token' : `session ${caller.session.id.slice(0, 6)}`;
}

/** An operation's method, path and summary. */
interface AdminRouteHead {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Relative to {@link ADMIN_ROOT}; a segment such as `:id` is a parameter. */
  path: string;
  /** One sentence for the documentation. */
  summary: string;
  /** Of a successful response. Default: 200. */
  status?: number;
  /** Errors that other routes do not have. */
  errors?: readonly ErrorCode[];
}

/**
 * One operation: its inputs and outputs as schemas, and its handler. Independent of the HTTP
 * framework. Only authenticated requests reach the handler, see `admin-api.ts`.
 */
export interface AdminRoute<Params = unknown, Query = unknown, Body = unknown, Answer = unknown>
  extends AdminRouteHead {
  params: z.ZodType<Params>;
  query: z.ZodType<Query>;
  /** Absent if the body is not read. */
  body: z.ZodType<Body> | undefined;
  /** Bytes of the body, if larger than the default. */
  bodyLimit?: number;
  answer: z.ZodType<Answer>;
  /** Requested by pages in the background: does not keep a session alive. */
  isBackground?: boolean;
  handle(request: AdminRequest<Params, Query, Body>): Promise<AdminAnswer<Answer>>;
}

/** A route definition. Inputs it does not declare are rejected. */
interface RouteParts<Params, Query, Body, Answer> extends AdminRouteHead {
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  bodyLimit?: number;
  answer: z.ZodType<Answer>;
  isBackground?: boolean;
  handle(request: AdminRequest<Params, Query, Body>): Promise<AdminAnswer<Answer>>;
}

const NOTHING = z.strictObject({});

/** Completes a route. Inputs without a schema accept nothing. */
export function route<
  Params = Record<string, never>,
  Query = Record<string, never>,
  Body = undefined,
  Answer = unknown,
>(parts: RouteParts<Params, Query, Body, Answer>): AdminRoute {
  const complete = { params: NOTHING, query: NOTHING, body: undefined, ...parts };
  // The types are lost here, but the schemas produce the values, so the values have these types.
  return complete as unknown as AdminRoute;
}
