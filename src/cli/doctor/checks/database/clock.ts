import type { ServerProbe } from '../../../../adapters/postgres/probe.ts';
import type { Check } from '../../check.ts';
import { failure, ok, warning } from '../../finding.ts';

const WARN_SECONDS = 60;
const FAIL_SECONDS = 3600;
const REMEDY =
  'Synchronize the clock that is wrong with NTP, for example: timedatectl set-ntp true.';

export function databaseClock(probe: ServerProbe): Check {
  return {
    name: 'database-clock',
    needs: 'database',
    async run({ clock }) {
      const began = clock.now();
      const time = await probe.time();
      const now = (began + clock.now()) / 2;
      const seconds = Math.round(Math.abs(now - time) / 1000);
      const message = `This machine's clock is ${seconds} seconds ${now > time ? 'ahead of' : 'behind'} the database's.`;
      if (seconds >= FAIL_SECONDS) return [failure(message, REMEDY)];
      if (seconds >= WARN_SECONDS) return [warning(message, REMEDY)];
      return [ok("This machine's clock agrees with the database's.")];
    },
  };
}
