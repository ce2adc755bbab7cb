import { CafeError } from '../../../domain/kernel/errors.ts';

/** Limits of a call, passed to the SDK with every command. */
export interface CallBounds {
  /** Fires when the whole call times out. */
  abortSignal: AbortSignal;
  /** Milliseconds until the response to one attempt must start. */
  requestTimeout: number;
}

/**
 * Runs a call with a timeout, which also aborts its requests. Converts all errors to
 * `CafeError('storage_unavailable')`.
 *
 * @param what describes the call in the log, such as `HEAD generated/v2/cake.png`
 */
export async function within<T>(
  timeoutMs: number,
  what: string,
  call: (bounds: CallBounds) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`no response within ${timeoutMs} ms`);
    timeout.reject(error);
    controller.abort(error);
  }, timeoutMs);
  try {
    // One attempt gets half of the time, so that there is time for a second one.
    const bounds = { abortSignal: controller.signal, requestTimeout: Math.ceil(timeoutMs / 2) };
    // The race is necessary because the SDK does not always react to the signal.
    return await Promise.race([call(bounds), timeout.promise]);
  } catch (error) {
    throw storageUnavailable(what, error);
  } finally {
    clearTimeout(timer);
  }
}

/** The parts of an SDK error that are used here. */
interface SdkError {
  name?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number; attempts?: number };
  $response?: { headers?: Record<string, string> };
}

const THROTTLING = new Set(['SlowDown', 'TooManyRequests', 'Throttling', 'RequestLimitExceeded']);
/** Statuses of temporary client errors. */
const TEMPORARY = new Set([408, 409, 412, 425, 429]);

/** S3's error code, such as `NoSuchKey`. A response without a body has no useful code. */
export function nameOf(error: unknown): string | undefined {
  return (error as SdkError | undefined)?.name;
}

/** The HTTP status; `undefined` if there was no response. */
export function statusOf(error: unknown): number | undefined {
  return (error as SdkError | undefined)?.$metadata?.httpStatusCode;
}

/** Whether the object is missing. Amazon returns `NoSuchKey`, other stores only 404. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket';
}

/** Whether a write failed its condition. Older servers return 304, as for a read. */
export function isConditionFailure(error: unknown): boolean {
  const status = statusOf(error);
  return status === 412 || status === 304;
}

/** Whether the store limits the rate of writes, to one key or in total. */
export function isThrottled(error: unknown): boolean {
  return statusOf(error) === 429 || THROTTLING.has(nameOf(error) ?? '');
}

/** The `Retry-After` header in milliseconds, if it is a number of seconds. */
export function retryAfterOf(error: unknown): number | undefined {
  const { 'retry-after': seconds } = (error as SdkError).$response?.headers ?? {};
  return seconds !== undefined && /^\d{1,4}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/**
 * Whether the store does not support this kind of request. The status differs between stores, for example
 * 501, 405 or 400. A missing permission does not count. A wrong signature does: it means that a proxy
 * removes the header of the condition.
 */
export function isUnsupported(error: unknown): boolean {
  const status = statusOf(error) ?? 0;
  if (status === 501) return true;
  if (status === 401 || status === 403) return nameOf(error) === 'SignatureDoesNotMatch';
  return status >= 400 && status < 500 && !TEMPORARY.has(status);
}

/** Whether the SDK made an earlier attempt, whose outcome is unknown. */
export function wasRetried(error: unknown): boolean {
  return ((error as SdkError | undefined)?.$metadata?.attempts ?? 1) > 1;
}

/**
 * Converts the error of a call to a domain error. Its cause says what to check. A domain error from a
 * nested call is returned unchanged.
 *
 * A missing permission to delete has its own message: the owner sees it in the admin, and requests of
 * readers never need this permission.
 *
 * @param call such as `HEAD generated/v2/cake.png`
 */
export function storageUnavailable(call: string, error: unknown): CafeError {
  if (error instanceof CafeError) return error;
  const isDelete = call.startsWith('DELETE ');
  const cause = new Error(`${call}: ${hintFor(error, isDelete)}`, { cause: error });
  if (isDelete && nameOf(error) === 'AccessDenied') {
    const message =
      "The service may not delete objects in the bucket. Allow s3:DeleteObject to the service's user.";
    return new CafeError('storage_unavailable', message, {
      cause,
      retryAfterMs: Number.POSITIVE_INFINITY,
    });
  }
  return new CafeError('storage_unavailable', 'The image store is unavailable.', { cause });
}

function hintFor(error: unknown, isDelete: boolean): string {
  const { name = 'Error', message = '' } = (error ?? {}) as SdkError;
  const status = statusOf(error);
  if (name === 'NoSuchBucket') return 'the bucket does not exist (NoSuchBucket)';
  if (status === 403) {
    const needed = isDelete
      ? 'the permission s3:DeleteObject'
      : 'the permissions. Without s3:ListBucket, S3 also returns 403 for missing objects';
    return `rejected with 403 ${name}. Check the credentials, the clock, and ${needed}`;
  }
  if (status === 301 || status === 307 || name === 'AuthorizationHeaderMalformed') {
    return `rejected with ${status} ${name}. Check that AWS_REGION is the bucket's region`;
  }
  return `${status === undefined ? '' : `${status} `}${name}${message ? `: ${message}` : ''}`;
}
