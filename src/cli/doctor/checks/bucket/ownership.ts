import type { S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import type { Check } from '../../check.ts';
import { ok, skipped, type Verdict, warning } from '../../finding.ts';
import { couldNotBeChecked } from './words.ts';

/** Checks that ACLs are off, so that only the bucket policy grants access. */
export function ownership(probe: S3BucketProbe): Check {
  return {
    name: 'ownership',
    needs: 'bucket',
    async run() {
      const answer = await probe.ownership();
      if ('value' in answer) return [verdictOn(answer.value)];
      if (answer.refused.code === 'OwnershipControlsNotFoundError') return [verdictOn('not set')];
      return [couldNotBeChecked(answer.refused, 's3:GetBucketOwnershipControls')];
    },
  };
}

function verdictOn(found: string | undefined): Verdict {
  if (found === 'BucketOwnerEnforced') {
    return ok('The bucket owner owns all objects, and ACLs are off.');
  }
  if (found === undefined) {
    return skipped(
      'This could not be checked, because the store does not report object ownership.',
    );
  }
  return warning(
    `Object ownership is ${found}: ACLs can make single objects public, even against the bucket policy.`,
    'Set it to BucketOwnerEnforced: aws s3api put-bucket-ownership-controls with infra/bucket/ownership.json.',
  );
}
