import type { ExpiryRule, S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import { DAY_MS } from '../../../../domain/kernel/day.ts';
import type { ImageStore } from '../../../../domain/storage/image-store.ts';
import type { Check } from '../../check.ts';
import { failure, ok, type Verdict, warning } from '../../finding.ts';
import { couldNotBeChecked, type S3Config } from './words.ts';

const PUT_RULE =
  'Use aws s3api put-bucket-lifecycle-configuration with infra/bucket/lifecycle.json, or run infra/aws-cli/create-bucket.sh';

/** Checks that images expire after IMAGE_LIFETIME_DAYS, and that records do not expire. */
export function lifecycle(config: S3Config, probe: S3BucketProbe, store: ImageStore): Check {
  const { imagePrefix, recordsPrefix, imageLifetimeMs } = config;
  const configured = imageLifetimeMs / DAY_MS;
  return {
    name: 'lifecycle',
    needs: 'bucket',
    async run() {
      const answer = await probe.expiryRules();
      if ('value' in answer) {
        const days = leastDays(answer.value, `${imagePrefix}/`);
        return [onPictures(days, configured), ...onRecords(answer.value, `${recordsPrefix}/`)];
      }
      // Amazon S3 and Ceph also return the expiry with every PUT, which needs no permission.
      const key = `${imagePrefix}/doctor-expiry.txt`;
      const expiry = await probe.expiryOfPut(key);
      // If the delete is forbidden, "taking-down" reports it, and the next run overwrites the object.
      await Promise.allSettled([store.delete(key)]);
      if ('value' in expiry && expiry.value !== undefined) {
        return [onPictures(expiry.value, configured)];
      }
      return [couldNotBeChecked(answer.refused, 's3:GetLifecycleConfiguration')];
    },
  };
}

/** Ignores rules that cover only some of the images. */
function leastDays(rules: readonly ExpiryRule[], below: string): number | undefined {
  const days = rules.filter(({ prefix }) => below.startsWith(prefix)).map((rule) => rule.days);
  return days.length > 0 ? Math.min(...days) : undefined;
}

function onPictures(days: number | undefined, configured: number): Verdict {
  if (days === undefined) {
    return warning(
      'No lifecycle rule expires the pictures, so you pay for their storage forever.',
      `Add the rule. ${PUT_RULE}.`,
    );
  }
  if (days === configured) return ok(`Pictures expire after ${days} days.`);
  const remedy = `Set IMAGE_LIFETIME_DAYS=${days}, or change the rule to ${configured} days. ${PUT_RULE}.`;
  if (days < configured) {
    return failure(
      `Pictures expire after ${days} days, but IMAGE_LIFETIME_DAYS is ${configured}. Pages will request sizes that no longer exist.`,
      remedy,
    );
  }
  return warning(
    `Pictures expire after ${days} days, but IMAGE_LIFETIME_DAYS is ${configured}. Older pictures are served as large PNGs.`,
    remedy,
  );
}

function onRecords(rules: readonly ExpiryRule[], below: string): Verdict[] {
  const days = rules
    .filter(({ prefix }) => prefix.startsWith(below) || below.startsWith(prefix))
    .map((rule) => rule.days);
  if (days.length === 0) return [];
  return [
    failure(
      `A lifecycle rule also expires records, after ${Math.min(...days)} days. The service then loses its spending history.`,
      'Limit the rule to the prefix of the pictures (IMAGE_GEN_PREFIX and a slash), as in infra/bucket/lifecycle.json.',
    ),
  ];
}
