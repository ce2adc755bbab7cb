import type { BucketRefusal, S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import type { Check } from '../../check.ts';
import { failure, ok, type Verdict } from '../../finding.ts';
import type { S3Config } from './words.ts';

/** Whether the store knows the key, and the bucket is where it is said to be. */
export function bucketAccess({ store, recordsPrefix }: S3Config, probe: S3BucketProbe): Check {
  return {
    name: 'bucket',
    async run() {
      const answer = await probe.list(`${recordsPrefix}/scratch/`);
      if ('value' in answer) {
        return [ok(`The store accepts the key, and has the bucket ${store.bucket}.`)];
      }
      // A key may be good and not allowed to list, which is for another check to say.
      if (isAboutPermission(answer.refused)) return [ok('The store accepts the key.')];
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
    "Copy the id of the service's access key once more, or make a new one: aws iam create-access-key --user-name YOUR-USER.",
  ),
  SignatureDoesNotMatch: failure(
    'AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID.',
    'Copy the secret once more, whole and without blanks; if it is lost, make a new access key.',
  ),
  ExpiredToken: failure(
    'The access key has expired.',
    "Use an access key of the service's own user, which does not expire.",
  ),
  RequestTimeTooSkewed: failure(
    "The store refuses every call, as this machine's clock is wrong.",
    'Let the clock be set over the network (NTP), such as with: timedatectl set-ntp true.',
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
      `There is no bucket ${bucket}.`,
      'Mend GENERATED_IMAGES_BUCKET, or make the bucket: infra/aws-cli/create-bucket.sh or infra/terraform.',
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
      `Set AWS_REGION=${right ?? "the bucket's region, which the console shows beside its name"}.`,
    );
  }
  if (status === undefined) {
    return failure(
      `No answer came from ${endpoint ?? `Amazon S3 in ${region}`} (${code}).`,
      `Mend ${endpoint ? 'AWS_ENDPOINT_URL_S3' : 'AWS_REGION'}, or let this machine reach it through its firewall or proxy.`,
    );
  }
  return failure(
    `The store refused to list the bucket ${bucket} (${status} ${code}).`,
    'Look the code up in the documentation of your store; if it is 500 or 503, try again later.',
  );
}
