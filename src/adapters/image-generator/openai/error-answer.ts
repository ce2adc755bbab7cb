import { type Circumstances, type Failure, refused, unknown } from './failure.ts';
import { modelRefusalIn, type RefusingAnswer } from './model-refusal.ts';
import { DROPPABLE, type Droppable } from './models.ts';

/** An error response of the API. */
export interface ErrorAnswer extends RefusingAnswer {
  type: string;
  headers: Headers | undefined;
}

const NO_CREDIT = ['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active'];
const BLOCKED = ['moderation_blocked', 'content_policy_violation'];
/** Statuses of requests that are not executed, according to the documentation of OpenAI or others. */
const FREE: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 413, 422, 429]);
const REFUSALS: Readonly<Record<number, string>> = {
  401: 'credentials_refused',
  403: 'access_refused',
  404: 'not_found',
};

/** What an error response means for the call. The call counts as free only if that is certain. */
export function meaningOf(answer: ErrorAnswer, circumstances: Circumstances): Failure {
  const { status, headers } = answer;
  const refusal = modelRefusalIn(answer, circumstances.model);
  if (status >= 500) {
    // A gateway that has no server for the model has not forwarded the request.
    if (refusal) return { kind: 'model_unavailable', refusal };
    return { ...unknown('server_error'), mayRetry: headers?.get('x-should-retry') === 'true' };
  }
  if (status >= 300 && status < 400) return refused('redirected');
  // A gateway may return other statuses for a request that it has forwarded.
  if (!(FREE.has(status) || refusal)) return unknown('unclear_answer');
  return (
    passingRefusal(answer, circumstances.now) ?? lastingRefusal(answer, circumstances, refusal)
  );
}

/**
 * A refusal because of credit, rate or moderation. It does not say that the model or a parameter is
 * wrong.
 */
function passingRefusal({ status, code, type, headers }: ErrorAnswer, now: number) {
  const hasNoCredit = status === 402 || NO_CREDIT.includes(code) || NO_CREDIT.includes(type);
  if (hasNoCredit) return refused('quota_exhausted');
  if (status === 429) return rateLimit(headers, now);
  return BLOCKED.includes(code) ? ({ kind: 'moderation_blocked' } as const) : undefined;
}

function lastingRefusal(
  answer: ErrorAnswer,
  { model }: Circumstances,
  refusal: ReturnType<typeof modelRefusalIn>,
): Failure {
  const parameter = parameterNamedBy(answer, model);
  if (parameter) return { kind: 'parameter_refused', parameter };
  if (refusal) return { kind: 'model_unavailable', refusal };
  return refused(REFUSALS[answer.status] ?? 'request_refused');
}

function rateLimit(headers: Headers | undefined, now: number): Failure {
  if (headers?.get('x-should-retry') === 'false') return refused('rate_limited');
  const waitMs = headers ? retryAfterMs(headers, now) : undefined;
  return { kind: 'rate_limited', ...(waitMs === undefined ? {} : { waitMs }) };
}

/** From `retry-after-ms`, else from `retry-after` in seconds or as a date. */
function retryAfterMs(headers: Headers, now: number): number | undefined {
  const exact = Number(headers.get('retry-after-ms'));
  if (exact > 0) return exact;
  const text = headers.get('retry-after') ?? '';
  const seconds = Number(text);
  const ms = Number.isNaN(seconds) ? Date.parse(text) - now : seconds * 1000;
  return ms > 0 ? ms : undefined;
}

/** With these codes or types, a parameter in the message is the one that is refused. */
const ABOUT_PARAMETERS = [
  'invalid_value',
  'unknown_parameter',
  'unsupported_parameter',
  'unsupported_value',
  'image_generation_user_error',
];

function parameterNamedBy(answer: ErrorAnswer, model: string): Droppable | undefined {
  const { status, code, type, param } = answer;
  if (status !== 400 && status !== 422) return undefined;
  const named = DROPPABLE.find((parameter) => parameter === param);
  if (named || param) return named;
  if (!ABOUT_PARAMETERS.includes(code) && !ABOUT_PARAMETERS.includes(type)) return undefined;
  // The model's name may contain the name of a parameter.
  const message = answer.message.replaceAll(model, '');
  return DROPPABLE.find((parameter) => mentions(message, parameter));
}

function mentions(message: string, parameter: Droppable): boolean {
  // Only a quoted "n" counts, because the letter is common in text.
  const pattern = parameter === 'n' ? `['"\`]n['"\`]` : `\\b${parameter.replace('_', '[_ ]')}\\b`;
  return new RegExp(pattern, 'i').test(message);
}
