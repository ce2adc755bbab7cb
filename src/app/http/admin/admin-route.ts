import { z } from 'zod';
import type { AdminSession } from '../../../domain/admin/sessions.ts';
import type { Visitor } from '../../../domain/countries/geo-locator.ts';

/** Where all of the admin's routes are. */
export const ADMIN_ROOT = '/api/admin';

/** Who asks: somebody who has signed in, or a script that sends the token itself. */
export type Caller =
  | { kind: 'session'; session: AdminSession }
  | { kind: 'token'; session?: undefined };

/** What a handler gets to see of a request that was let in. */
export interface AdminRequest<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  caller: Caller;
  /** Where the request comes from. */
  visitor: Visitor;
}

export interface AdminAnswer<Body> {
  /** 200 where it is not said. */
  status?: number;
  body: Body;
  /** The MIME type of bytes and streams; anything else is JSON. */
  type?: string;
  headers?: Readonly<Record<string, string>>;
}

/** How the audit trail names a caller. */
export function actorOf(caller: Caller): string {
  return caller.kind === 'token' ? 'token' : `session ${caller.session.id.slice(0, 6)}`;
}

/** How an operation is asked for. */
interface AdminRouteHead {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Behind {@link ADMIN_ROOT}; a segment such as `:id` is a parameter. */
  path: string;
  /** One sentence for the documentation. */
  summary: string;
}

/**
 * One operation: what it takes and answers, as schemas, and what does it. It knows no HTTP framework.
 * Nobody gets to a handler without having been let in, see `admin-api.ts`.
 */
export interface AdminRoute<Params = unknown, Query = unknown, Body = unknown, Answer = unknown>
  extends AdminRouteHead {
  params: z.ZodType<Params>;
  query: z.ZodType<Query>;
  /** Absent where a body is not read. */
  body: z.ZodType<Body> | undefined;
  /** Bytes of a body, where it may be larger than others'. */
  bodyLimit?: number;
  answer: z.ZodType<Answer>;
  /** Asked for by a page on its own: that keeps no session alive. */
  isBackground?: boolean;
  handle(request: AdminRequest<Params, Query, Body>): Promise<AdminAnswer<Answer>>;
}

/** A route as it is written down: what it does not mention, it does not take. */
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

/** Completes a route; what is not said of its parameters takes none. */
export function route<
  Params = Record<string, never>,
  Query = Record<string, never>,
  Body = undefined,
  Answer = unknown,
>(parts: RouteParts<Params, Query, Body, Answer>): AdminRoute {
  const complete = { params: NOTHING, query: NOTHING, body: undefined, ...parts };
  // From here on only the schemas know the types; they are what makes the values.
  return complete as unknown as AdminRoute;
}
