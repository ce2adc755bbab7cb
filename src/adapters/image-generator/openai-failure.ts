import { APIError } from 'openai';
import type { Billing } from '../../domain/errors.ts';
import { UnusableAnswer } from './openai-answer.ts';
import { OversizedAnswer } from './openai-fetch.ts';
import { DROPPABLE, type Droppable } from './openai-models.ts';

/**
 * What a failed request means. All but `over` are proven refusals that something can be done about;
 * `over` is the end of the call.
 */
export type Failure =
  | Passing
  | { kind: 'model_unavailable' }
  | { kind: 'parameter_refused'; parameter: Droppable }
  | { kind: 'over'; reason: string; billing: Billing; mayRetry?: boolean; timeout?: boolean };

/** Refusals that may pass by themselves, so that the same request is worth another try. */
export type Passing =
  /** Busy. `waitMs` as the answer asked for it, where it did. */
  | { kind: 'rate_limited'; waitMs?: number }
  /** The filter did not like this dish; the prompt asks for a random one, so the next may pass. */
  | { kind: 'moderation_blocked' }
  /** No connection came about. */
  | { kind: 'unreachable' };

/** What is known of the request apart from the error. */
export interface Circumstances {
  /** Something may have left this machine. */
  sent: boolean;
  /** The call's time is up. */
  late: boolean;
  /** Milliseconds since the Unix epoch, to read dates by. */
  now: number;
}

/** Reads what `openai`, `fetch` or our own checks threw. Whatever is not understood may be billed. */
export function failureFrom(error: unknown, circumstances: Circumstances): Failure {
  // An answer with a status is proof, even if it came with the last of the time.
  if (error instanceof APIError && error.status !== undefined) {
    return answeredFailure(error as AnsweredError, circumstances);
  }
  if (!circumstances.sent) {
    return circumstances.late
      ? { ...refused('deadline'), timeout: true }
      : refused('request_not_made');
  }
  if (error instanceof UnusableAnswer) return unknown(error.reason);
  if (error instanceof OversizedAnswer) return unknown('oversized_answer');
  if (circumstances.late) return { ...unknown('deadline'), timeout: true };
  const links = chainOf(error);
  if (links.some(isUnreachable)) return { kind: 'unreachable' };
  if (links.some(isUntrusted)) return refused('untrusted_certificate');
  if (links.some(isTimeout)) return { ...unknown('connection_timeout'), timeout: true };
  if (error instanceof SyntaxError) return unknown('malformed_answer');
  return unknown('connection_lost');
}

type AnsweredError = APIError<number, Headers>;

const NO_CREDIT = ['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active'];
const BLOCKED = ['moderation_blocked', 'content_policy_violation'];
const REFUSALS: Readonly<Record<number, string>> = {
  401: 'credentials_refused',
  403: 'access_refused',
  404: 'not_found',
};

function answeredFailure(error: AnsweredError, { now }: Circumstances): Failure {
  const { status, headers } = error;
  const [code, type] = [String(error.code ?? ''), String(error.type ?? '')];
  if (status >= 500) {
    const mayRetry = headers?.get('x-should-retry') === 'true';
    return { ...unknown('server_error'), mayRetry };
  }
  if (status >= 300 && status < 400) return refused('redirected');
  // A request that was given up on half-way: a proxy may say so of one that it had passed on.
  if (status < 300 || status === 408) return unknown('unclear_answer');
  if (NO_CREDIT.includes(code) || NO_CREDIT.includes(type)) return refused('quota_exhausted');
  if (status === 429) return rateLimit(headers, now);
  if (BLOCKED.includes(code)) return { kind: 'moderation_blocked' };
  const parameter = parameterNamedBy(error, code, type);
  if (parameter) return { kind: 'parameter_refused', parameter };
  if (isAboutModel(error, code)) return { kind: 'model_unavailable' };
  return refused(REFUSALS[status] ?? 'request_refused');
}

function rateLimit(headers: Headers | undefined, now: number): Failure {
  if (headers?.get('x-should-retry') === 'false') return refused('rate_limited');
  const waitMs = headers ? retryAfterMs(headers, now) : undefined;
  return { kind: 'rate_limited', ...(waitMs === undefined ? {} : { waitMs }) };
}

/** `retry-after-ms`, else `retry-after` in seconds or as a date. Absent where it says nothing. */
function retryAfterMs(headers: Headers, now: number): number | undefined {
  const exact = Number(headers.get('retry-after-ms'));
  if (exact > 0) return exact;
  const text = headers.get('retry-after') ?? '';
  const seconds = Number(text);
  const ms = Number.isNaN(seconds) ? Date.parse(text) - now : seconds * 1000;
  return ms > 0 ? ms : undefined;
}

const GONE = /\b(deprecated|retired|shut\s?down|sunset|discontinued|decommissioned|no longer)\b/i;

/** Unknown or retired: with 404, and with whatever else a model that is gone may be refused. */
function isAboutModel(error: AnsweredError, code: string): boolean {
  if (code === 'model_not_found' || error.param === 'model') return true;
  const words = `${code.replaceAll('_', ' ')} ${error.message}`;
  return !error.param && /\bmodel\b/i.test(words) && GONE.test(words);
}

/** Codes and types under which a message that names a parameter means that this one is refused. */
const ABOUT_PARAMETERS = [
  'invalid_value',
  'unknown_parameter',
  'unsupported_parameter',
  'unsupported_value',
  'image_generation_user_error',
];

function parameterNamedBy(error: AnsweredError, code: string, type: string): Droppable | undefined {
  if (error.status !== 400 && error.status !== 422) return undefined;
  const named = DROPPABLE.find((parameter) => parameter === error.param);
  if (named || error.param) return named;
  if (!ABOUT_PARAMETERS.includes(code) && !ABOUT_PARAMETERS.includes(type)) return undefined;
  return DROPPABLE.find((parameter) => mentions(error.message, parameter));
}

function mentions(message: string, parameter: Droppable): boolean {
  // A bare "n" is in many a sentence.
  const pattern = parameter === 'n' ? `['"\`]n['"\`]` : `\\b${parameter.replace('_', '[_ ]')}\\b`;
  return new RegExp(pattern, 'i').test(message);
}

interface Link {
  code?: string;
  syscall?: string;
}

/** The error and its causes; where several addresses were tried, the failure of each. */
function chainOf(error: unknown): Link[] {
  const links: Link[] = [];
  for (let at = error; at instanceof Error && links.length < 16; at = at.cause) {
    links.push(at as Link, ...(at instanceof AggregateError ? (at.errors as Link[]) : []));
  }
  return links;
}

const NAME_NOT_FOUND = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME'];

/** Failed while it still looked for its way, before a byte of the request could leave. */
function isUnreachable({ code = '', syscall }: Link): boolean {
  return (
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    NAME_NOT_FOUND.includes(code) ||
    code === 'ECONNREFUSED' ||
    code === 'UND_ERR_CONNECT_TIMEOUT'
  );
}

/** The request is only sent to a server that has proven who it is. */
function isUntrusted({ code = '' }: Link): boolean {
  return /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code);
}

function isTimeout({ code = '' }: Link): boolean {
  return ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'].includes(code);
}

type Over = Extract<Failure, { kind: 'over' }>;

function refused(reason: string): Over {
  return { kind: 'over', reason, billing: 'refused' };
}

function unknown(reason: string): Over {
  return { kind: 'over', reason, billing: 'unknown' };
}
