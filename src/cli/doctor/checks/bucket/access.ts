import type { BucketRefusal, S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import type { Check } from '../../check.ts';
import { failure, ok, type Verdict } from '../../finding.ts';
import type { S3Config } from './words.ts';

/** Checks that the store accepts the access key, and that the bucket exists in the configured region. */
export function bucketAccess({ store, recordsPrefix }: S3Config, probe: S3BucketProbe): Check {
  return {
    name: 'bucket',
    async run() {
      const answer = await probe.list(`${recordsPrefix}/scratch/`);
      if ('value' in answer) {
        return [ok(`The store accepts the access key, and the bucket ${store.bucket} exists.`)];
      }
      // The key is valid but may not list. The check "listing" reports that.
      if (isAboutPermission(answer.refused)) return [ok('The store accepts the access key.')];
      return [verdictOn(answer.refused, store)];
    },
  };
}

function isAboutPermission({ status, code }: BucketRefusal): boolean {
  return status === 403 && !(code in ABOUT_THE_KEY);
}

const ABOUT_THE_KEY: Readonly<Record<string, Verdict>> = {
  InvalidAccessKeyId: failure(
    'The store does not know AWS_ACCESS_KEY_ID.',
    "Copy the ID of the service's access key again, or create a new one: aws iam create-access-key --user-name YOUR-USER.",
  ),
  SignatureDoesNotMatch: failure(
    'AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID.',
    'Copy the complete secret again, without spaces. If it is lost, create a new access key.',
  ),
  ExpiredToken: failure(
    'The access key has expired.',
    'Use a long-term access key of an IAM user.',
  ),
  RequestTimeTooSkewed: failure(
    "The store rejects every request, because this machine's clock is wrong.",
    'Synchronize the clock with NTP, for example: timedatectl set-ntp true.',
  ),
};

function verdictOn(
  refused: BucketRefusal,
  { bucket, region, endpoint }: S3Config['store'],
): Verdict {
  const { status, code } = refused;
  const aboutTheKey = ABOUT_THE_KEY[code];
  if (aboutTheKey) return aboutTheKey;
  if (code === 'NoSuchBucket') {
    return failure(
      `The bucket ${bucket} does not exist.`,
      'Correct GENERATED_IMAGES_BUCKET, or create the bucket: infra/aws-cli/create-bucket.sh or infra/terraform.',
    );
  }
  if (
    refused.region ||
    status === 301 ||
    status === 307 ||
    code === 'AuthorizationHeaderMalformed'
  ) {
    const right = refused.region && refused.region !== region ? refused.region : undefined;
    return failure(
      `The bucket ${bucket} is not in ${region}${right ? ` but in ${right}` : ''} (${status} ${code}).`,
      right
        ? `Set AWS_REGION=${right}.`
        : "Set AWS_REGION to the bucket's region. The console shows it beside the bucket's name.",
    );
  }
  if (status === undefined) {
    return failure(
      `${endpoint ?? `Amazon S3 in ${region}`} does not respond (${code}).`,
      `Correct ${endpoint ? 'AWS_ENDPOINT_URL_S3' : 'AWS_REGION'}, or allow the connection in the firewall or proxy.`,
    );
  }
  return failure(
    `The store rejected the request to list the bucket ${bucket} (${status} ${code}).`,
    'Look up the code in the documentation of your store. For 500 or 503, try again later.',
  );
}
