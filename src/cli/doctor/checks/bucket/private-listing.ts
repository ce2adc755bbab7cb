import type { S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import { fetchText } from '../../../fetch-text.ts';
import type { Check } from '../../check.ts';
import { failure, ok } from '../../finding.ts';
import type { S3Config } from './words.ts';

/** Whether strangers are kept from listing the bucket, and so from finding hidden names. */
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
      if (at === -1) return [ok('Nobody without a key can list the bucket.')];
      return [
        failure(
          `Everybody can list the bucket, at ${[...bases][at]}/.`,
          "Take s3:ListBucket out of what the bucket's policy gives to everybody, as in infra/bucket/public-read-policy.json, and READ out of its ACL.",
        ),
      ];
    },
  };
}
