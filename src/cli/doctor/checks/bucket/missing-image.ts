import { randomUUID } from 'node:crypto';
import type { S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import type { Check } from '../../check.ts';
import { failure, ok } from '../../finding.ts';
import type { S3Config } from './words.ts';

/** A page without a picture must read as that, and not as a lack of permission. */
export function missingImage({ imagePrefix }: S3Config, probe: S3BucketProbe): Check {
  return {
    name: 'missing-picture',
    needs: 'bucket',
    async run() {
      const answer = await probe.head(`${imagePrefix}/doctor-${randomUUID()}.png`);
      if ('value' in answer) {
        return [
          failure(
            'The store says of a picture that was never made that it is there.',
            'Look what answers between the service and the store: AWS_ENDPOINT_URL_S3 seems to be no S3 server.',
          ),
        ];
      }
      const { status, code } = answer.refused;
      if (status === 404) return [ok('A picture that is not there is answered with 404.')];
      if (status === 403) {
        return [
          failure(
            'A picture that is not there is answered with 403 instead of 404, so no page gets its first picture.',
            "Allow s3:ListBucket to the service's user for the bucket itself, as in infra/bucket/service-policy.json, with StringLikeIfExists and not StringLike.",
          ),
        ];
      }
      return [
        failure(
          `A picture that is not there is answered with ${status ?? 'nothing'} (${code}) instead of 404.`,
          'Look whether the store has troubles of its own, and run the doctor again.',
        ),
      ];
    },
  };
}
