import { randomUUID } from 'node:crypto';
import type { S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import type { Check } from '../../check.ts';
import { failure, ok } from '../../finding.ts';
import type { S3Config } from './words.ts';

/** A missing image must return 404. With 403, the service cannot tell that a page has no image yet. */
export function missingImage({ imagePrefix }: S3Config, probe: S3BucketProbe): Check {
  return {
    name: 'missing-picture',
    needs: 'bucket',
    async run() {
      const answer = await probe.head(`${imagePrefix}/doctor-${randomUUID()}.png`);
      if ('value' in answer) {
        return [
          failure(
            'The store reports that a picture exists which was never created.',
            'Check AWS_ENDPOINT_URL_S3, and any proxy in front of it: the server does not behave like S3.',
          ),
        ];
      }
      const { status, code } = answer.refused;
      if (status === 404) return [ok('A missing picture returns 404.')];
      if (status === 403) {
        return [
          failure(
            'A missing picture returns 403 instead of 404, so no page gets its first picture.',
            "Allow s3:ListBucket to the service's user for the bucket itself, as in infra/bucket/service-policy.json, with StringLikeIfExists and not StringLike.",
          ),
        ];
      }
      return [
        failure(
          `A request for a missing picture returned ${status ?? 'no response'} (${code}) instead of 404.`,
          'Check the status of the store, and run the doctor again.',
        ),
      ];
    },
  };
}
