import { randomUUID } from 'node:crypto';
import type { S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import type { ImageStore } from '../../../../domain/storage/image-store.ts';
import { urlForKey } from '../../../../domain/storage/stored-objects.ts';
import { type Fetched, fetchText } from '../../../fetch-text.ts';
import type { Check } from '../../check.ts';
import { failure, ok, type Verdict } from '../../finding.ts';
import type { S3Config } from './words.ts';

/** Checks that images are public at the URL that the service gives out. */
export function publicImages(config: S3Config, probe: S3BucketProbe, store: ImageStore): Check {
  const key = `${config.imagePrefix}/doctor.txt`;
  return {
    name: 'public-pictures',
    needs: 'bucket',
    async run({ signal }) {
      const text = randomUUID();
      const labels = { contentType: 'text/plain', cacheControl: 'no-store' };
      await store.put(key, Buffer.from(text), labels);
      const url = store.urlFor(key);
      const ownUrl = urlForKey(probe.ownUrl, key);
      const [shown, own] = await Promise.all([
        fetchText(url, { signal }),
        url === ownUrl ? undefined : fetchText(ownUrl, { signal }),
      ]);
      // If the delete is forbidden, "taking-down" reports it.
      await Promise.allSettled([store.delete(key)]);
      return [
        onPublicUrl(shown, { url, text, isBucket: !own }),
        ...(own ? [onBucket(own, text)] : []),
      ];
    },
  };
}

function onPublicUrl(
  fetched: Fetched,
  { url, text, isBucket }: { url: string; text: string; isBucket: boolean },
): Verdict {
  const where = isBucket ? "the bucket's own URL" : 'PUBLIC_IMAGE_BASE_URL';
  if ('unreachable' in fetched) {
    return failure(
      `Readers cannot load pictures: ${url} does not respond, because ${fetched.unreachable}.`,
      isBucket
        ? 'Correct GENERATED_IMAGES_BUCKET and AWS_REGION. If the store is not Amazon S3, set PUBLIC_IMAGE_BASE_URL.'
        : 'Correct PUBLIC_IMAGE_BASE_URL, or fix its DNS record or server.',
    );
  }
  if (fetched.status === 200 && fetched.text === text) {
    return ok(`Pictures are public at ${where}.`);
  }
  if (fetched.status === 401 || fetched.status === 403) {
    return failure(
      `Readers cannot load pictures: ${url} returns ${fetched.status}.`,
      isBucket
        ? 'Apply the bucket policy infra/bucket/public-read-policy.json, and allow public policies: infra/bucket/public-access-block.json for the bucket, and the same setting of the account.'
        : 'Let the CDN of PUBLIC_IMAGE_BASE_URL read the bucket, or make the pictures in the bucket public: infra/bucket/public-read-policy.json.',
    );
  }
  return failure(
    `Readers cannot load pictures: ${url} returns ${fetched.status}${fetched.status === 200 ? ' with different content' : ''}.`,
    `Set PUBLIC_IMAGE_BASE_URL to the URL that the bucket's ${url.split('/').slice(-2)[0]}/… is served under, without a slash at its end.`,
  );
}

/** Behind a CDN, the bucket itself may be private. */
function onBucket(fetched: Fetched, text: string): Verdict {
  const isOpen = !('unreachable' in fetched) && fetched.text === text;
  return isOpen
    ? ok("Pictures are also public at the bucket's own URL.")
    : ok("The bucket's own URL is private. Readers use PUBLIC_IMAGE_BASE_URL.");
}
