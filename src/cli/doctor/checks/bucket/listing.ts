import type { S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import type { Check } from '../../check.ts';
import { failure, ok } from '../../finding.ts';
import type { S3Config } from './words.ts';

/** The service lists objects to count the budget and the pool. */
export function listing({ imagePrefix, recordsPrefix }: S3Config, probe: S3BucketProbe): Check {
  return {
    name: 'listing',
    needs: 'bucket',
    async run() {
      const prefixes = [`${imagePrefix}/`, `${recordsPrefix}/`];
      const answers = await Promise.all(prefixes.map((prefix) => probe.list(prefix)));
      return answers.map((answer, at) => {
        if ('value' in answer) return ok(`The key may list ${prefixes[at]}.`);
        const { status, code } = answer.refused;
        return failure(
          `The key may not list ${prefixes[at]} (${status ?? 'no response'} ${code}).`,
          "Allow s3:ListBucket to the service's user, as in infra/bucket/service-policy.json, and check that you own the bucket.",
        );
      });
    },
  };
}
