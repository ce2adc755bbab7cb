import type { Budget } from '../api/api-types.ts';
import type { Bar } from '../components/bar-chart.ts';
import { formatDollars } from '../format/money.ts';
import { formatDay } from '../format/time.ts';

const DAYS = 90;
const DAY_MS = 86_400_000;

export interface Spending {
  /** Dollars per day. If all pictures were free, the number of pictures per day. */
  bars: Bar[];
  isFree: boolean;
  ticks: string[];
  /** For all days together. */
  dollars: number;
  pictures: number;
}

/** The last 90 days, including days without spending. */
export function spendingIn({ day: today, history }: Budget): Spending {
  const known = new Map(history.map((each) => [each.day, each]));
  const last = Date.parse(`${today}T00:00:00Z`);
  const days = Array.from({ length: DAYS }, (_, n) => dayAt(last - (DAYS - 1 - n) * DAY_MS));
  const isFree = history.every(({ dollars }) => dollars === 0);
  const bars = days.map((day): Bar => {
    const { used = 0, dollars = 0 } = known.get(day) ?? {};
    const cost = isFree ? '' : `${formatDollars(dollars)}, `;
    const text = used ? cost + count(used) : isFree ? 'No pictures' : 'Nothing spent';
    const parts = [{ kind: 'main', value: isFree ? used : dollars }] as const;
    return { label: formatDay(day), text, isEmpty: used === 0, parts };
  });
  return {
    bars,
    isFree,
    ticks: [0, Math.floor(DAYS / 2), DAYS - 1].map((n) =>
      n === DAYS - 1 ? 'Today' : formatDay(days[n] ?? today),
    ),
    dollars: history.reduce((sum, { dollars }) => sum + dollars, 0),
    pictures: history.reduce((sum, { used }) => sum + used, 0),
  };
}

export function count(pictures: number): string {
  return `${pictures} ${pictures === 1 ? 'picture' : 'pictures'}`;
}

function dayAt(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
