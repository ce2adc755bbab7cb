import { randomUUID } from 'node:crypto';
import type { S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import type { ImageStore } from '../../../../domain/storage/image-store.ts';
import { urlForKey } from '../../../../domain/storage/object-key.ts';
import { fetchText } from '../../../fetch-text.ts';
import type { Check } from '../../check.ts';
import { failure, ok } from '../../finding.ts';
import type { S3Config } from './words.ts';

/** Whether strangers are kept from the records. */
export function privateRecords(config: S3Config, probe: S3BucketProbe, store: ImageStore): Check {
  const key = `${config.recordsPrefix}/scratch/doctor-${randomUUID()}`;
  return {
    name: 'private-records',
    needs: 'bucket',
    async run({ signal }) {
      const text = randomUUID();
      const labels = { contentType: 'text/plain', cacheControl: 'no-store' };
      await store.put(key, Buffer.from(text), labels);
      const urls = new Set([store.urlFor(key), urlForKey(probe.ownUrl, key)]);
      const answers = await Promise.all([...urls].map((url) => fetchText(url, { signal })));
      // Where it may not be deleted, the check of the records says so.
      await Promise.allSettled([store.delete(key)]);
      // An answer of another kind, such as a CDN's own page with 200, gives nothing away.
      const at = answers.findIndex((answer) => 'text' in answer && answer.text === text);
      if (at === -1) return [ok('Nobody without a key can read the records.')];
      return [
        failure(
          `Everybody can read the records of what was spent, at ${new URL([...urls][at] ?? '').origin}.`,
          `Let the bucket's policy name the pictures alone, as infra/bucket/public-read-policy.json does; where a CDN shows the whole bucket, as R2's domains do, block ${config.recordsPrefix}/ there.`,
        ),
      ];
    },
  };
}
