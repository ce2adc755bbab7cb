import { S3Client } from '@aws-sdk/client-s3';

export interface S3ClientOptions {
  /** The bucket's own region. */
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** The URL of a store other than Amazon's. */
  endpoint?: string | undefined;
  /** Puts the bucket's name into the path instead of the host name. */
  forcePathStyle?: boolean;
  /** Maximum number of connections; further calls wait. Default: 256. */
  maxConnections?: number;
}

export const MAX_ATTEMPTS = 3;
const CONNECTION_TIMEOUT_MS = 1500;
const DEFAULT_CONNECTIONS = 256;

/** Creates the SDK's client. It ignores environment variables and profiles of AWS. */
export function s3ClientFor(options: S3ClientOptions): S3Client {
  const { region, credentials, endpoint, forcePathStyle = false } = options;
  const { maxConnections: maxSockets = DEFAULT_CONNECTIONS } = options;
  // Many compatible stores reject the newer checksums of Amazon S3.
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
    // "Expect: 100-continue" costs an extra round trip, and seconds with servers that ignore it.
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
