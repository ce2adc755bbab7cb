import { randomUUID } from 'node:crypto';
import type { S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import type { ImageStore } from '../../../../domain/storage/image-store.ts';
import { urlForKey } from '../../../../domain/storage/stored-objects.ts';
import { fetchText } from '../../../fetch-text.ts';
import type { Check } from '../../check.ts';
import { failure, ok } from '../../finding.ts';
import type { S3Config } from './words.ts';

/** Checks that records cannot be read without a key. */
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
      // If the delete is forbidden, "records" reports it.
      await Promise.allSettled([store.delete(key)]);
      // A CDN may return an error page with status 200, so compare the text.
      const at = answers.findIndex((answer) => 'text' in answer && answer.text === text);
      if (at === -1) return [ok('Records cannot be read without a key.')];
      return [
        failure(
          `The spending records are public at ${new URL([...urls][at] ?? '').origin}.`,
          `Make only the pictures public, as in infra/bucket/public-read-policy.json. If a CDN serves the whole bucket, as the domains of R2 do, block ${config.recordsPrefix}/ in the CDN.`,
        ),
      ];
    },
  };
}
