import type { S3Abilities } from '../../../../adapters/image-store/s3/abilities.ts';
import type { S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import type { Check } from '../../check.ts';
import { failure, ok, type Verdict, warning } from '../../finding.ts';

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
      return [verdictOn(answer.value)];
    },
  };
}

function verdictOn({ putsIfAbsent, formIfMatch, copies, copiesIfAbsent }: S3Abilities): Verdict {
  const lacks = [...(putsIfAbsent ? [] : ['If-None-Match']), ...(formIfMatch ? [] : ['If-Match'])];
  if (lacks.length > 0) {
    return warning(
      `The store does not support ${lacks.join(' nor ')} on PUT: two replicas may buy a page's picture twice.`,
      'Run one replica only, or use a store, or a newer release of it, that supports conditional writes: docs/s3-compatible.md.',
    );
  }
  if (copies && copiesIfAbsent) return ok('The store supports conditions on puts and copies.');
  const missing = copies ? 'conditions on copies' : 'copies with new labels';
  return ok(
    `The store supports conditions on puts. It lacks ${missing}, so fallbacks are read and written instead.`,
  );
}
