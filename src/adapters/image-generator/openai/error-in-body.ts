import { modelRefusalIn, type RefusingAnswer } from './model-refusal.ts';

/** An error in a response with status 200. */
export class ErrorInBody extends Error {
  override readonly name = 'ErrorInBody';
  /** With the status that the response should have had. */
  readonly answer: RefusingAnswer & { type: string };

  constructor(answer: RefusingAnswer & { type: string }) {
    super(answer.message);
    this.answer = answer;
  }
}

/** The usual status of the API's error codes and types. None of these errors is billed. */
const STATUSES: Readonly<Record<string, number>> = {
  authentication_error: 401,
  billing_hard_limit_reached: 400,
  billing_not_active: 429,
  content_policy_violation: 400,
  image_generation_user_error: 400,
  insufficient_quota: 429,
  invalid_api_key: 401,
  invalid_request_error: 400,
  invalid_value: 400,
  missing_required_parameter: 400,
  model_not_found: 404,
  moderation_blocked: 400,
  permission_error: 403,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  unknown_parameter: 400,
  unsupported_parameter: 400,
  unsupported_value: 400,
};

/**
 * Finds an error in the body of a response with status 200: `error` as an object or a string, or the first
 * of `errors`. Its status is the one in the body, else that of its code. It stays 200 if neither proves
 * that the request was free.
 */
export function errorIn(body: unknown, model: string): ErrorInBody | undefined {
  const { error, errors } = fieldsOf(body);
  const found = error ?? (Array.isArray(errors) ? errors[0] : undefined);
  if (found === undefined || found === null || found === false || found === '') return undefined;
  const fields = fieldsOf(found);
  const [code, type] = [textOf(fields.code), textOf(fields.type)];
  const message = typeof found === 'string' ? found : textOf(fields.message);
  const param = typeof fields.param === 'string' ? fields.param : undefined;
  const named = [fields.status, fields.code].find(isErrorStatus);
  const known = [code, type].find((word) => Object.hasOwn(STATUSES, word));
  const about = { code, type, param, message };
  const isModel = modelRefusalIn({ ...about, status: 400 }, model) !== undefined;
  const status =
    named ?? (known === undefined ? undefined : STATUSES[known]) ?? (isModel ? 400 : 200);
  return new ErrorInBody({ ...about, status });
}

function isErrorStatus(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 400 && (value as number) < 600;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
