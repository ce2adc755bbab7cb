import { APIError } from 'openai';
import { UnusableAnswer } from '../unusable-answer.ts';
import { meaningOf } from './error-answer.ts';
import { ErrorInBody } from './error-in-body.ts';
import { type Circumstances, type Failure, refused, unknown } from './failure.ts';
import { OversizedAnswer } from './fetch.ts';

/** Reads what `openai`, `fetch` or our own checks threw. Whatever is not understood may be billed. */
export function failureFrom(error: unknown, circumstances: Circumstances): Failure {
  // An answer with a status is proof, even if it came with the last of the time.
  if (error instanceof APIError && error.status !== undefined) {
    const { status, headers, message } = error as APIError<number, Headers>;
    const [code, type] = [String(error.code ?? ''), String(error.type ?? '')];
    const param = error.param ?? undefined;
    return meaningOf({ status, code, type, param, message, headers }, circumstances);
  }
  if (!circumstances.sent) {
    return circumstances.late
      ? { ...refused('deadline'), timeout: true }
      : refused('request_not_made');
  }
  if (error instanceof ErrorInBody) return errorWithSuccess(error, circumstances);
  if (error instanceof UnusableAnswer) return unknown(error.reason);
  if (error instanceof OversizedAnswer) return unknown('oversized_answer');
  return circumstances.late ? { ...unknown('deadline'), timeout: true } : brokenConnection(error);
}

/** What does not say that it was free may have been billed as a success is. */
function errorWithSuccess({ answer }: ErrorInBody, circumstances: Circumstances): Failure {
  if (answer.status === 200) return unknown('error_answer');
  return meaningOf({ ...answer, headers: undefined }, circumstances);
}

function brokenConnection(error: unknown): Failure {
  const links = chainOf(error);
  if (links.some(isUnreachable)) return { kind: 'unreachable' };
  if (links.some(isUntrusted)) return refused('untrusted_certificate');
  if (links.some(isTimeout)) return { ...unknown('connection_timeout'), timeout: true };
  if (error instanceof SyntaxError) return unknown('malformed_answer');
  return unknown('connection_lost');
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
