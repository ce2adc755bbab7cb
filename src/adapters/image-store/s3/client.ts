import { S3Client } from '@aws-sdk/client-s3';
import { storageUnavailable } from './failures.ts';

export interface S3ClientOptions {
  /** The bucket's own region. */
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** The URL of a store other than Amazon's. */
  endpoint?: string | undefined;
  /** Puts the bucket's name into the path instead of the host name. */
  forcePathStyle?: boolean;
  /** Connections at once; further calls wait for one. Default 256. */
  maxConnections?: number;
}

/** How a call is bounded: given to the SDK with every command. */
export interface CallBounds {
  /** Fires when the whole call has taken too long. */
  abortSignal: AbortSignal;
  /** Milliseconds until one attempt must have begun to be answered. */
  requestTimeout: number;
}

/** How often a call is tried before it fails. */
export const MAX_ATTEMPTS = 3;
const CONNECTION_TIMEOUT_MS = 1500;
const DEFAULT_CONNECTIONS = 256;

/** The SDK's client. It does what it is told here; neither environment nor profile has a say in it. */
export function s3ClientFor(options: S3ClientOptions): S3Client {
  const { region, credentials, endpoint, forcePathStyle = false } = options;
  const { maxConnections: maxSockets = DEFAULT_CONNECTIONS } = options;
  // Other stores choke on the checksums that Amazon's has learned lately.
  const checksums = endpoint ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED';
  return new S3Client({
    region,
    credentials,
    forcePathStyle,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    ...(endpoint ? { endpoint } : { ignoreConfiguredEndpointUrls: true }),
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    retryMode: 'standard',
    maxAttempts: MAX_ATTEMPTS,
    // To wait for leave to send costs a connection of its own, and seconds where nobody gives it.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      // Without this a timeout is only a warning.
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets },
      httpsAgent: { maxSockets },
    },
  });
}

/**
 * Ends `call`, and every request that it has begun, after `timeoutMs`. Whatever it fails with becomes
 * `CafeError('storage_unavailable')`.
 *
 * @param what is asked, for the log, such as `HEAD generated/v2/cake.png`
 */
export async function within<T>(
  timeoutMs: number,
  what: string,
  call: (bounds: CallBounds) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`No answer within ${timeoutMs} ms`);
    late.reject(error);
    controller.abort(error);
  }, timeoutMs);
  try {
    // Half of the time for one attempt leaves the other half for a second.
    const bounds = { abortSignal: controller.signal, requestTimeout: Math.ceil(timeoutMs / 2) };
    // The SDK heeds the signal, but not at every point of its way.
    return await Promise.race([call(bounds), late.promise]);
  } catch (error) {
    throw storageUnavailable(what, error);
  } finally {
    clearTimeout(timer);
  }
}
