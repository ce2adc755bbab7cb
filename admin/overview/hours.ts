import type { Image } from '../api/api-types.ts';
import type { Bar } from '../components/bar-chart.ts';

const HOURS = 24;
export const HOUR_TICKS = ['00', '06', '12', '18', '24'];

type Outcome = 'generated' | 'inProgress' | 'failed';

/** Today's generations by hour, in UTC like the budget's day. */
export function hoursOf(images: readonly Image[]): Bar[] {
  const hours = Array.from({ length: HOURS }, () => ({ generated: 0, inProgress: 0, failed: 0 }));
  for (const image of images) {
    const hour = image.reservedAt ? hours[new Date(image.reservedAt).getUTCHours()] : undefined;
    if (hour) hour[outcomeOf(image)] += 1;
  }
  return hours.map(({ generated, inProgress, failed }, n) => ({
    label: `${two(n)}:00 to ${two(n + 1)}:00`,
    text: textOf(generated, inProgress, failed),
    isEmpty: generated + inProgress + failed === 0,
    parts: [
      { kind: 'main', value: generated },
      { kind: 'light', value: inProgress },
      { kind: 'failed', value: failed },
    ],
  }));
}

/** Hidden and deleted pictures count as generated. */
function outcomeOf({ state, presence }: Image): Outcome {
  if (state === 'reserved') return 'inProgress';
  const isGenerated = state === 'spent' || presence !== 'absent';
  return isGenerated ? 'generated' : 'failed';
}

function textOf(generated: number, inProgress: number, failed: number): string {
  const parts = [
    generated > 0 ? `${generated} generated` : '',
    inProgress > 0 ? `${inProgress} in progress` : '',
    failed > 0 ? `${failed} failed` : '',
  ].filter(Boolean);
  return parts.join(', ') || 'None';
}

function two(hour: number): string {
  return String(hour).padStart(2, '0');
}
