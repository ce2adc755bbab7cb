import type { S3BucketProbe } from '../../../adapters/image-store/s3/probe.ts';
import { fetchText } from '../../fetch-text.ts';
import type { Check } from '../check.ts';
import { failure, ok, skipped, warning } from '../finding.ts';

const WARN_SECONDS = 60;
const FAIL_SECONDS = 300;
const REMEDY =
  'Let the clock be set over the network (NTP), such as with: timedatectl set-ntp true.';

/** Days of the budget end by this machine's clock, and stores refuse signatures of another time. */
export function clockSkew(probe: S3BucketProbe): Check {
  return {
    name: 'clock',
    async run({ clock, signal }) {
      const began = clock.now();
      const answer = await fetchText(`${probe.ownUrl}/`, { method: 'HEAD', signal });
      const now = (began + clock.now()) / 2;
      const theirs =
        'headers' in answer ? Date.parse(answer.headers.get('date') ?? '') : Number.NaN;
      if (Number.isNaN(theirs)) {
        return [skipped('It could not be checked, because the store does not tell its time.')];
      }
      const seconds = Math.round(Math.abs(now - theirs) / 1000);
      const message = `This machine's clock is ${seconds} seconds ${now > theirs ? 'ahead of' : 'behind'} the store's.`;
      if (seconds > FAIL_SECONDS) return [failure(message, REMEDY)];
      if (seconds > WARN_SECONDS) return [warning(message, REMEDY)];
      return [ok("This machine's clock agrees with the store's.")];
    },
  };
}
