import type { Image } from '../api/api-types.ts';
import type { Bar } from '../components/bar-chart.ts';

const HOURS = 24;
export const HOUR_TICKS = ['00', '06', '12', '18', '24'];

type Fate = 'painted' | 'underWay' | 'failed';

/** Today's attempts by the hour, in UTC, as the budget's day is. */
export function hoursOf(images: readonly Image[]): Bar[] {
  const hours = Array.from({ length: HOURS }, () => ({ painted: 0, underWay: 0, failed: 0 }));
  for (const image of images) {
    const hour = image.reservedAt ? hours[new Date(image.reservedAt).getUTCHours()] : undefined;
    if (hour) hour[fateOf(image)] += 1;
  }
  return hours.map(({ painted, underWay, failed }, n) => ({
    label: `${two(n)}:00 to ${two(n + 1)}:00`,
    tells: tell(painted, underWay, failed),
    isNothing: painted + underWay + failed === 0,
    parts: [
      { kind: 'main', value: painted },
      { kind: 'light', value: underWay },
      { kind: 'failed', value: failed },
    ],
  }));
}

/** What became of an attempt; a picture that is hidden or deleted was painted all the same. */
function fateOf({ state, presence }: Image): Fate {
  if (state === 'reserved') return 'underWay';
  const isPainted = state === 'spent' || presence !== 'absent';
  return isPainted ? 'painted' : 'failed';
}

function tell(painted: number, underWay: number, failed: number): string {
  const parts = [
    painted > 0 ? `${painted} painted` : '',
    underWay > 0 ? `${underWay} under way` : '',
    failed > 0 ? `${failed} failed` : '',
  ].filter(Boolean);
  return parts.join(', ') || 'Nothing';
}

function two(hour: number): string {
  return String(hour).padStart(2, '0');
}
