import type { S3BucketProbe } from '../../../adapters/image-store/s3/probe.ts';
import { fetchText } from '../../fetch-text.ts';
import type { Check } from '../check.ts';
import { failure, ok, skipped, warning } from '../finding.ts';

const WARN_SECONDS = 60;
const FAIL_SECONDS = 300;
const REMEDY = 'Synchronize the clock with NTP, for example: timedatectl set-ntp true.';

/** The budget's day ends by this machine's clock, and stores reject signatures with a wrong time. */
export function clockSkew(probe: S3BucketProbe): Check {
  return {
    name: 'clock',
    async run({ clock, signal }) {
      const began = clock.now();
      const answer = await fetchText(`${probe.ownUrl}/`, { method: 'HEAD', signal });
      const now = (began + clock.now()) / 2;
      const storeTime =
        'headers' in answer ? Date.parse(answer.headers.get('date') ?? '') : Number.NaN;
      if (Number.isNaN(storeTime)) {
        return [skipped('This could not be checked, because the store returned no date.')];
      }
      const seconds = Math.round(Math.abs(now - storeTime) / 1000);
      const message = `This machine's clock is ${seconds} seconds ${now > storeTime ? 'ahead of' : 'behind'} the store's.`;
      if (seconds > FAIL_SECONDS) return [failure(message, REMEDY)];
      if (seconds > WARN_SECONDS) return [warning(message, REMEDY)];
      return [ok("This machine's clock agrees with the store's.")];
    },
  };
}
