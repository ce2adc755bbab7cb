import type { ExpiryRule, S3BucketProbe } from '../../../../adapters/image-store/s3/probe.ts';
import { DAY_MS } from '../../../../domain/kernel/day.ts';
import type { ImageStore } from '../../../../domain/storage/image-store.ts';
import type { Check } from '../../check.ts';
import { failure, ok, type Verdict, warning } from '../../finding.ts';
import { couldNotBeChecked, type S3Config } from './words.ts';

const PUT_RULE =
  'aws s3api put-bucket-lifecycle-configuration with infra/bucket/lifecycle.json, or infra/aws-cli/create-bucket.sh, which does so';

/** Whether pictures expire, after as many days as the service believes, and records do not. */
export function lifecycle(config: S3Config, probe: S3BucketProbe, store: ImageStore): Check {
  const { imagePrefix, recordsPrefix, imageLifetimeMs } = config;
  const believed = imageLifetimeMs / DAY_MS;
  return {
    name: 'lifecycle',
    needs: 'bucket',
    async run() {
      const answer = await probe.expiryRules();
      if ('value' in answer) {
        const days = leastDays(answer.value, `${imagePrefix}/`);
        return [onPictures(days, believed), ...onRecords(answer.value, `${recordsPrefix}/`)];
      }
      // What may not be read is told with every put, at least by Amazon's store and Ceph's.
      const key = `${imagePrefix}/doctor-expiry.txt`;
      const told = await probe.expiryOfPut(key);
      // Where it may not be deleted, another check says so; the next run puts the same object again.
      await Promise.allSettled([store.delete(key)]);
      if ('value' in told && told.value !== undefined) return [onPictures(told.value, believed)];
      return [couldNotBeChecked(answer.refused, 's3:GetLifecycleConfiguration')];
    },
  };
}

/** A rule for a part of the pictures is not about all of them. */
function leastDays(rules: readonly ExpiryRule[], below: string): number | undefined {
  const days = rules.filter(({ prefix }) => below.startsWith(prefix)).map((rule) => rule.days);
  return days.length > 0 ? Math.min(...days) : undefined;
}

function onPictures(days: number | undefined, believed: number): Verdict {
  if (days === undefined) {
    return warning(
      'No lifecycle rule expires the pictures: they stay, and are paid for, for ever.',
      `Set the rule: ${PUT_RULE}.`,
    );
  }
  if (days === believed) return ok(`Pictures expire after ${days} days.`);
  const agree = `Set IMAGE_LIFETIME_DAYS=${days}, or the rule to ${believed} days: ${PUT_RULE}.`;
  if (days < believed) {
    return failure(
      `Pictures expire after ${days} days, and the service believes ${believed}: it offers sizes that are gone.`,
      agree,
    );
  }
  return warning(
    `Pictures expire after ${days} days, and the service believes ${believed}: older ones are shown as large PNGs.`,
    agree,
  );
}

function onRecords(rules: readonly ExpiryRule[], below: string): Verdict[] {
  const days = rules
    .filter(({ prefix }) => prefix.startsWith(below) || below.startsWith(prefix))
    .map((rule) => rule.days);
  if (days.length === 0) return [];
  return [
    failure(
      `A lifecycle rule also expires records, after ${Math.min(...days)} days: what was spent is forgotten.`,
      'Give the rule the prefix of the pictures, IMAGE_GEN_PREFIX and a slash, as in infra/bucket/lifecycle.json.',
    ),
  ];
}
