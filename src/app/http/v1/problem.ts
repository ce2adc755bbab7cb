import { STATUS_CODES } from 'node:http';
import { type ErrorCode, presentError } from '../present-error.ts';

/** The errors of the API below `/v1`. Clients rely on the codes: add to them, and change none. */
export type ProblemCode = keyof typeof STATUS;

/** The only place where a problem becomes a status. */
const STATUS = {
  invalid_request: 400,
  unauthorized: 401,
  insufficient_scope: 403,
  origin_not_allowed: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  model_gone: 410,
  payload_too_large: 413,
  unsupported_media_type: 415,
  idempotency_key_reused: 422,
  content_rejected: 422,
  rate_limited: 429,
  budget_exceeded: 429,
  internal: 500,
  upstream_failed: 502,
  storage_unavailable: 503,
  database_unavailable: 503,
  issuer_unavailable: 503,
  draining: 503,
  overloaded: 503,
  generation_timeout: 504,
} as const satisfies Readonly<Record<string, number>>;

/** Every code a problem may have. */
export const PROBLEM_CODES = Object.keys(STATUS) as ProblemCode[];

/** The HTTP status of a code. */
export function statusOfProblem(code: ProblemCode): number {
  return STATUS[code];
}

/** The codes for errors of the domain and of the shared parts of the HTTP layer. */
const CODES: Readonly<Record<ErrorCode, ProblemCode>> = {
  invalid_json: 'invalid_request',
  invalid_request: 'invalid_request',
  invalid_page: 'invalid_request',
  unauthorized: 'unauthorized',
  origin_not_allowed: 'origin_not_allowed',
  cross_site: 'origin_not_allowed',
  not_found: 'not_found',
  accounts_off: 'not_found',
  method_not_allowed: 'method_not_allowed',
  conflict: 'conflict',
  body_too_large: 'payload_too_large',
  unsupported_media_type: 'unsupported_media_type',
  too_many_attempts: 'rate_limited',
  internal: 'internal',
  upstream_failed: 'upstream_failed',
  no_image_available: 'overloaded',
  storage_unavailable: 'storage_unavailable',
  database_unavailable: 'database_unavailable',
  issuer_unavailable: 'issuer_unavailable',
  draining: 'draining',
  overloaded: 'overloaded',
  generation_timeout: 'generation_timeout',
};

/** A mistake in one part of a request. */
export interface InvalidPart {
  /** Such as `scopes.0`; empty for the whole body. */
  path: string;
  message: string;
}

interface ProblemOptions {
  errors?: readonly InvalidPart[];
  headers?: Readonly<Record<string, string>>;
  /** Only for the log. */
  reason?: string;
}

/** An error of a route below `/v1`. `message` is for the caller. */
export class Problem extends Error {
  override name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: readonly InvalidPart[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: string | undefined;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.code = code;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
    this.reason = options.reason;
  }
}

/** The body of an error, as RFC 9457 describes it. */
export interface ProblemBody {
  type: 'about:blank';
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  requestId: string;
  errors?: readonly InvalidPart[] | undefined;
}

export interface ProblemAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: ProblemBody;
}

/** The public part of an error. An unexpected error reveals nothing about its cause. */
export function presentProblem(error: unknown, requestId: string): ProblemAnswer {
  const { code, detail, headers, errors } = partsOf(error, requestId);
  const status = STATUS[code];
  const title = STATUS_CODES[status] ?? '';
  return {
    status,
    headers,
    body: { type: 'about:blank', title, status, code, detail, requestId, errors },
  };
}

function partsOf(error: unknown, requestId: string) {
  if (error instanceof Problem) {
    const { code, message: detail, headers, errors } = error;
    return { code, detail, headers, errors };
  }
  const { headers, body } = presentError(error, requestId);
  return { code: CODES[body.error.code], detail: body.error.message, headers, errors: undefined };
}
