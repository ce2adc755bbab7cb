import { APIError } from 'openai';
import { UnusableAnswer } from '../received-image.ts';
import { OversizedAnswer } from './calls.ts';
import { meaningOf } from './error-answer.ts';
import { ErrorInBody } from './error-in-body.ts';
import { type Circumstances, type Failure, refused, unknown } from './failure.ts';

/** Interprets an error of `openai`, `fetch` or our own checks. An unknown error counts as possibly billed. */
export function failureFrom(error: unknown, circumstances: Circumstances): Failure {
  // A response with a status is conclusive, even if it arrived at the timeout.
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

/** An error in a response with status 200 may have been billed, unless it proves otherwise. */
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

/** The error and its causes, including the failure of each address that was tried. */
function chainOf(error: unknown): Link[] {
  const links: Link[] = [];
  for (let at = error; at instanceof Error && links.length < 16; at = at.cause) {
    links.push(at as Link, ...(at instanceof AggregateError ? (at.errors as Link[]) : []));
  }
  return links;
}

const NAME_NOT_FOUND = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME'];

/** Whether the connection failed before any data could be sent. */
function isUnreachable({ code = '', syscall }: Link): boolean {
  return (
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    NAME_NOT_FOUND.includes(code) ||
    code === 'ECONNREFUSED' ||
    code === 'UND_ERR_CONNECT_TIMEOUT'
  );
}

/** Whether the certificate was rejected, in which case nothing was sent. */
function isUntrusted({ code = '' }: Link): boolean {
  return /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code);
}

function isTimeout({ code = '' }: Link): boolean {
  return ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'].includes(code);
}
