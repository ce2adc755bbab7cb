import type { S3BucketProbe } from '../../../adapters/image-store/s3-probe.ts';
import type { Check } from '../check.ts';
import { failure, ok, warning } from '../finding.ts';

/** By them replicas agree on who makes a page's picture. */
export function conditionalWrites(probe: S3BucketProbe): Check {
  return {
    name: 'conditional-writes',
    needs: 'bucket',
    async run() {
      const answer = await probe.abilities();
      if ('refused' in answer) {
        const { status, code } = answer.refused;
        return [
          failure(
            `They could not be tried (${status ?? 'no answer'} ${code}).`,
            "Allow s3:PutObject and s3:GetObject below RECORDS_PREFIX to the service's user, as in infra/bucket/service-policy.json.",
          ),
        ];
      }
      const { putsIfAbsent, formIfMatch, copiesIfAbsent } = answer.value;
      if (!putsIfAbsent || !formIfMatch) {
        const lacks = [
          ...(putsIfAbsent ? [] : ['If-None-Match']),
          ...(formIfMatch ? [] : ['If-Match']),
        ];
        return [
          warning(
            `The store does not heed ${lacks.join(' nor ')} when something is put: replicas may buy a page's picture twice.`,
            'Run one replica only, or use a store or a newer release of it that knows conditional writes.',
          ),
        ];
      }
      return [
        ok(
          copiesIfAbsent
            ? 'The store heeds conditions on puts and copies.'
            : 'The store heeds conditions on puts; fallbacks are read and put, as it heeds none on copies.',
        ),
      ];
    },
  };
}
