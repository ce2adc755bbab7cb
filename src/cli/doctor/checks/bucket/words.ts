import type { BucketRefusal } from '../../../../adapters/image-store/s3/probe.ts';
import type { ConfigOf } from '../../check.ts';
import { skipped, type Verdict } from '../../finding.ts';

export type S3Config = ConfigOf<'store', 's3'>;

/** The verdict if a bucket's setting cannot be read. */
export function couldNotBeChecked({ status, code }: BucketRefusal, permission: string): Verdict {
  if (status === 403) {
    return skipped(
      `This could not be checked, because the service's key has no permission for it (${permission}). The service itself does not need this permission.`,
      'Check it once yourself, in the console or with the AWS CLI.',
    );
  }
  if (status === undefined) {
    return skipped(`This could not be checked, because the store did not respond (${code}).`);
  }
  return skipped(
    `This could not be checked, because the store does not report it (${status} ${code}).`,
    "Check it in the store's console.",
  );
}
