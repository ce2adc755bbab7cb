import { CafeError } from '../../domain/errors.ts';

/** The parts of the SDK's errors that are read here. */
interface SdkError {
  name?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number; attempts?: number };
}

/** S3's name of an error, such as `NoSuchKey`; an answer without a body has none that says much. */
export function nameOf(error: unknown): string | undefined {
  return (error as SdkError | undefined)?.name;
}

/** The HTTP status that S3 answered with, `undefined` where it did not answer. */
export function statusOf(error: unknown): number | undefined {
  return (error as SdkError | undefined)?.$metadata?.httpStatusCode;
}

/** Whether an earlier attempt, whose answer is not known, went before the answer in `error`. */
export function wasRetried(error: unknown): boolean {
  return ((error as SdkError | undefined)?.$metadata?.attempts ?? 1) > 1;
}

/**
 * The failure of a call as the domain knows it. What the operator should look at is in the cause.
 * That of a call which this one has made for itself stays as it is, since it says more.
 *
 * @param call what was asked, such as `HEAD generated/v2/cake.png`
 */
export function storageUnavailable(call: string, error: unknown): CafeError {
  if (error instanceof CafeError) return error;
  return new CafeError('storage_unavailable', 'The picture store is unavailable.', {
    cause: new Error(`${call}: ${hintFor(error)}`, { cause: error }),
  });
}

function hintFor(error: unknown): string {
  const { name = 'Error', message = '' } = (error ?? {}) as SdkError;
  const status = statusOf(error);
  if (name === 'NoSuchBucket') return 'the bucket does not exist (NoSuchBucket)';
  if (status === 403) {
    return (
      `refused, 403 ${name}. Check the credentials, the clock, and that they allow the call; ` +
      'without s3:ListBucket S3 answers 403 for missing objects too'
    );
  }
  if (status === 301 || status === 307 || name === 'AuthorizationHeaderMalformed') {
    return `refused, ${status} ${name}. Check that the region is the bucket's`;
  }
  return `${status === undefined ? '' : `${status} `}${name}${message ? `: ${message}` : ''}`;
}
