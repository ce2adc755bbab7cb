import type { BucketRefusal } from '../../../../adapters/image-store/s3/probe.ts';
import type { ConfigOf } from '../../check.ts';
import { skipped, type Verdict } from '../../finding.ts';

export type S3Config = ConfigOf<'store', 's3'>;

/** What to say where the bucket does not tell about itself. */
export function couldNotBeChecked({ status, code }: BucketRefusal, permission: string): Verdict {
  if (status === 403) {
    return skipped(
      `It could not be checked, because the service's key may not ask for it (${permission}), and need not.`,
      'Look at it once with a key of your own, in the console or with the AWS CLI.',
    );
  }
  if (status === undefined) {
    return skipped(`It could not be checked, because no answer came (${code}).`);
  }
  return skipped(
    `It could not be checked, because this store does not tell (${status} ${code}).`,
    "Look at it in the store's own console.",
  );
}
