import type { S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import { fetchText } from '../../../fetch-text.ts';
import type { Check } from '../../check.ts';
import { failure, ok } from '../../finding.ts';
import type { S3Config } from './words.ts';

/** Checks that the bucket cannot be listed without a key: a listing would reveal hidden images. */
export function privateListing({ store }: S3Config, probe: S3BucketProbe): Check {
  return {
    name: 'private-listing',
    needs: 'bucket',
    async run({ signal }) {
      const bases = new Set([probe.ownUrl, store.publicBaseUrl ?? probe.ownUrl]);
      const answers = await Promise.all(
        [...bases].map((base) => fetchText(`${base}/?list-type=2&max-keys=1`, { signal })),
      );
      const at = answers.findIndex(
        (answer) => 'text' in answer && answer.text.includes('<ListBucketResult'),
      );
      if (at === -1) return [ok('The bucket cannot be listed without a key.')];
      return [
        failure(
          `The bucket can be listed without a key, at ${[...bases][at]}/.`,
          'Remove the public s3:ListBucket from the bucket policy, as in infra/bucket/public-read-policy.json, and READ from its ACL.',
        ),
      ];
    },
  };
}
