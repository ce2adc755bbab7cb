import { randomUUID } from 'node:crypto';
import type { S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import type { ImageStore } from '../../../../domain/storage/image-store.ts';
import { urlForKey } from '../../../../domain/storage/object-key.ts';
import { type Fetched, fetchText } from '../../../fetch-text.ts';
import type { Check } from '../../check.ts';
import { failure, ok, type Verdict } from '../../finding.ts';
import type { S3Config } from './words.ts';

/** Whether everybody can load a picture from where the service says that it is. */
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
      // Where it may not be deleted, another check says so.
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
  const where = isBucket ? "the bucket's own address" : 'PUBLIC_IMAGE_BASE_URL';
  if ('unreachable' in fetched) {
    return failure(
      `Readers cannot load pictures: ${url} does not answer, because ${fetched.unreachable}.`,
      isBucket
        ? 'Mend GENERATED_IMAGES_BUCKET and AWS_REGION; for another store than Amazon’s, set PUBLIC_IMAGE_BASE_URL.'
        : 'Mend PUBLIC_IMAGE_BASE_URL, or the DNS record and the server that it names.',
    );
  }
  if (fetched.status === 200 && fetched.text === text) {
    return ok(`Everybody can load pictures from ${where}.`);
  }
  if (fetched.status === 401 || fetched.status === 403) {
    return failure(
      `Readers cannot load pictures: ${url} answers ${fetched.status}.`,
      isBucket
        ? "Set the bucket's policy, infra/bucket/public-read-policy.json, and unblock public policies for the bucket and, if it blocks them too, for the account: infra/bucket/public-access-block.json."
        : 'Let the CDN behind PUBLIC_IMAGE_BASE_URL read the bucket, or make the bucket’s pictures public: infra/bucket/public-read-policy.json.',
    );
  }
  return failure(
    `Readers cannot load pictures: ${url} answers ${fetched.status}${fetched.status === 200 ? ' with something else' : ''}.`,
    `Set PUBLIC_IMAGE_BASE_URL to the address that ${url.split('/').slice(-2)[0]}/… of the bucket is below, without a slash at its end.`,
  );
}

/** Where a CDN is in front, the bucket itself may be closed. */
function onBucket(fetched: Fetched, text: string): Verdict {
  const isOpen = !('unreachable' in fetched) && fetched.text === text;
  return isOpen
    ? ok("Pictures can be loaded from the bucket's own address, too.")
    : ok("The bucket's own address is closed to readers, who go to PUBLIC_IMAGE_BASE_URL.");
}
