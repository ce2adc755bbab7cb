import type { S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import type { Check } from '../../check.ts';
import { ok, skipped, type Verdict, warning } from '../../finding.ts';
import { couldNotBeChecked } from './words.ts';

/** Whether ACLs are off, so that the bucket's policy alone decides who reads what. */
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
    return ok('All objects are the bucket owner’s, and ACLs are off.');
  }
  if (found === undefined) {
    return skipped(
      'It could not be checked, because this store has nothing to say about the ownership of objects.',
    );
  }
  return warning(
    `The ownership of objects is ${found}: ACLs can make single objects public, whatever the policy says.`,
    'Set it to BucketOwnerEnforced: aws s3api put-bucket-ownership-controls with infra/bucket/ownership.json.',
  );
}
