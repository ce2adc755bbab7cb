import { CafeError } from '../../../domain/kernel/errors.ts';

/** The parts of the SDK's errors that are read here. */
interface SdkError {
  name?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number; attempts?: number };
  $response?: { headers?: Record<string, string> };
}

const THROTTLING = new Set(['SlowDown', 'TooManyRequests', 'Throttling', 'RequestLimitExceeded']);
/** Client errors that say nothing about the request itself. */
const PASSING = new Set([408, 409, 412, 425, 429]);

/** S3's name of an error, such as `NoSuchKey`; an answer without a body has none that says much. */
export function nameOf(error: unknown): string | undefined {
  return (error as SdkError | undefined)?.name;
}

/** The HTTP status that S3 answered with, `undefined` where it did not answer. */
export function statusOf(error: unknown): number | undefined {
  return (error as SdkError | undefined)?.$metadata?.httpStatusCode;
}

/** Whether the object is missing, by whatever name. Amazon says `NoSuchKey`, others only 404. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket';
}

/** Whether a condition on a write did not hold. Older servers answer 304, as to a read. */
export function isConditionFailure(error: unknown): boolean {
  const status = statusOf(error);
  return status === 412 || status === 304;
}

/** Whether the store asks for fewer writes, to one key or at all. */
export function isThrottled(error: unknown): boolean {
  return statusOf(error) === 429 || THROTTLING.has(nameOf(error) ?? '');
}

/** Milliseconds that a throttled call should wait, where the store says so in seconds. */
export function retryAfterOf(error: unknown): number | undefined {
  const { 'retry-after': seconds } = (error as SdkError).$response?.headers ?? {};
  return seconds !== undefined && /^\d{1,4}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/**
 * Whether the store refuses this kind of request. The status differs between stores: 501, 405 and 400
 * were seen. A missing permission is not that, but a signature that only fails with a condition is:
 * a proxy drops the header.
 */
export function isUnsupported(error: unknown): boolean {
  const status = statusOf(error) ?? 0;
  if (status === 501) return true;
  if (status === 401 || status === 403) return nameOf(error) === 'SignatureDoesNotMatch';
  return status >= 400 && status < 500 && !PASSING.has(status);
}

/** Whether an earlier attempt, whose answer is not known, went before the answer in `error`. */
export function wasRetried(error: unknown): boolean {
  return ((error as SdkError | undefined)?.$metadata?.attempts ?? 1) > 1;
}

/**
 * The failure of a call as the domain knows it. What the operator should look at is in the cause.
 * That of a call which this one has made for itself stays as it is, since it says more.
 *
 * To delete is what a key may lack unnoticed, as readers never need it: only an act of the owner's fails.
 * So the message says so to whoever acts.
 *
 * @param call what was asked, such as `HEAD generated/v2/cake.png`
 */
export function storageUnavailable(call: string, error: unknown): CafeError {
  if (error instanceof CafeError) return error;
  const isDelete = call.startsWith('DELETE ');
  const cause = new Error(`${call}: ${hintFor(error, isDelete)}`, { cause: error });
  if (isDelete && nameOf(error) === 'AccessDenied') {
    const message =
      "The bucket does not let the service delete this: allow s3:DeleteObject to the service's user.";
    return new CafeError('storage_unavailable', message, {
      cause,
      retryAfterMs: Number.POSITIVE_INFINITY,
    });
  }
  return new CafeError('storage_unavailable', 'The picture store is unavailable.', { cause });
}

function hintFor(error: unknown, isDelete: boolean): string {
  const { name = 'Error', message = '' } = (error ?? {}) as SdkError;
  const status = statusOf(error);
  if (name === 'NoSuchBucket') return 'the bucket does not exist (NoSuchBucket)';
  if (status === 403) {
    const needed = isDelete
      ? 'that they allow s3:DeleteObject there'
      : 'that they allow the call; without s3:ListBucket S3 answers 403 for missing objects too';
    return `refused, 403 ${name}. Check the credentials, the clock, and ${needed}`;
  }
  if (status === 301 || status === 307 || name === 'AuthorizationHeaderMalformed') {
    return `refused, ${status} ${name}. Check that the region is the bucket's`;
  }
  return `${status === undefined ? '' : `${status} `}${name}${message ? `: ${message}` : ''}`;
}
