import type { Budget, BudgetStop } from '../api/api-types.ts';
import { formatDollars } from './money.ts';

/** Why no pictures are bought. */
export const STOPS: Readonly<Record<BudgetStop, string>> = {
  paused: 'Spending is paused.',
  pictures: 'Today’s limit of pictures is reached.',
  dollars_today: 'Today’s limit in dollars (DAILY_BUDGET_USD) is reached.',
  dollars_month: 'The month’s limit in dollars (MONTHLY_BUDGET_USD) is reached.',
};

/**
 * Explains that a limit in dollars is reached. Then a higher limit of pictures does not help. `undefined` if
 * there is no such limit. Before the limit is reached, the text is the one for a limit that is used up
 * exactly, so that its space can be reserved.
 */
export function dollarStop(
  { dollars, stoppedBy }: Budget,
  stop: 'dollars_today' | 'dollars_month',
): string | undefined {
  const { today, month, dearestPicture } = dollars;
  const { used, limit } = stop === 'dollars_today' ? today : month;
  if (limit === null) return undefined;
  return `${STOPS[stop]} ${formatDollars(stoppedBy === stop ? used : limit)} of ${formatDollars(limit)} are spent, and a picture can cost ${formatDollars(dearestPicture)}. To raise this limit, change the variable and restart. A higher limit of pictures does not help.`;
}
