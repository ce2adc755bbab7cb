import { CafeError, type CafeErrorCode } from '../../domain/kernel/errors.ts';
import { Refusal, type RefusalCode } from './refusal.ts';

export type ErrorCode = CafeErrorCode | RefusalCode | 'internal';

/** The only place where an error code becomes a status. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid_json: 400,
  invalid_request: 400,
  invalid_page: 400,
  unauthorized: 401,
  origin_not_allowed: 403,
  cross_site: 403,
  not_found: 404,
  accounts_off: 404,
  method_not_allowed: 405,
  conflict: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  too_many_attempts: 429,
  internal: 500,
  upstream_failed: 502,
  no_image_available: 503,
  storage_unavailable: 503,
  database_unavailable: 503,
  draining: 503,
  overloaded: 503,
  issuer_unavailable: 503,
  generation_timeout: 504,
};

/** Every code an error response may have. */
export const ERROR_CODES = Object.keys(STATUS) as ErrorCode[];

/** The HTTP status of a code. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code];
}

/** Seconds after which a retry makes sense. */
const RETRY_AFTER: Readonly<Partial<Record<ErrorCode, number>>> = {
  too_many_attempts: 900,
  no_image_available: 60,
  storage_unavailable: 10,
  database_unavailable: 10,
  draining: 5,
  overloaded: 5,
  issuer_unavailable: 5,
};

export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: { error: { code: ErrorCode; message: string; requestId: string } };
}

/** The public part of an error. An unexpected error reveals nothing about its cause. */
export function presentError(error: unknown, requestId: string): ErrorAnswer {
  const expected = error instanceof CafeError || error instanceof Refusal;
  const code: ErrorCode = expected ? error.code : 'internal';
  const message = expected ? error.message : 'Something went wrong.';
  const told = error instanceof CafeError ? error.retryAfterMs : undefined;
  const retryAfter = told === undefined ? RETRY_AFTER[code] : Math.ceil(told / 1000);
  return {
    status: STATUS[code],
    headers: Number.isFinite(retryAfter) ? { 'Retry-After': String(retryAfter) } : {},
    body: { error: { code, message, requestId } },
  };
}
