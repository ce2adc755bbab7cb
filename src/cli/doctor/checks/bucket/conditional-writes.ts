import type { S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import type { S3StoreFeatures } from '../../../../adapters/image-store/s3/store-features.ts';
import type { Check } from '../../check.ts';
import { failure, ok, type Verdict, warning } from '../../finding.ts';

/** With conditional writes, replicas agree which of them generates a page's image. */
export function conditionalWrites(probe: S3BucketProbe): Check {
  return {
    name: 'conditional-writes',
    needs: 'bucket',
    async run() {
      const answer = await probe.features();
      if ('refused' in answer) {
        const { status, code } = answer.refused;
        return [
          failure(
            `Conditional writes could not be tested (${status ?? 'no response'} ${code}).`,
            "Allow s3:PutObject and s3:GetObject below RECORDS_PREFIX to the service's user, as in infra/bucket/service-policy.json.",
          ),
        ];
      }
      return [verdictOn(answer.value)];
    },
  };
}

function verdictOn({
  putsIfAbsent,
  formIfMatch,
  copies,
  copiesIfAbsent,
}: S3StoreFeatures): Verdict {
  const missing: string[] = [];
  if (!putsIfAbsent) missing.push('If-None-Match');
  if (!formIfMatch) missing.push('If-Match');
  if (missing.length > 0) {
    return warning(
      `The store does not support ${missing.join(' or ')} on PUT, so two replicas may buy the same picture twice.`,
      'Run only one replica, or use a store or release that supports conditional writes: docs/s3-compatible.md.',
    );
  }
  if (copies && copiesIfAbsent)
    return ok('The store supports conditional PUT and conditional copy.');
  const unsupported = copies ? 'conditional copy' : 'copy with new metadata';
  return ok(
    `The store supports conditional PUT. It does not support ${unsupported}, so the service reads and writes fallbacks instead of copying them.`,
  );
}
