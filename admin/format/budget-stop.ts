import type { Budget, BudgetStop } from '../api/api-types.ts';
import { formatDollars } from './money.ts';

/** Why no pictures are bought. */
export const STOPS: Readonly<Record<BudgetStop, string>> = {
  paused: 'Spending is paused.',
  pictures: 'Today’s limit of pictures is reached.',
  dollars_today: 'Today’s limit in dollars (DAILY_BUDGET_USD) is reached.',
  dollars_month: 'The month’s limit in dollars (MONTHLY_BUDGET_USD) is reached.',
};

/** Explains that a limit in dollars is reached. Then a higher limit of pictures does not help. */
export function dollarStop({ stoppedBy, dollars }: Budget): string | undefined {
  if (stoppedBy !== 'dollars_today' && stoppedBy !== 'dollars_month') return undefined;
  const { today, month, dearestPicture } = dollars;
  const { used, limit } = stoppedBy === 'dollars_today' ? today : month;
  return `${STOPS[stoppedBy]} ${formatDollars(used)} of ${formatDollars(limit ?? 0)} are spent, and a picture can cost ${formatDollars(dearestPicture)}. To raise this limit, change the variable and restart. A higher limit of pictures does not help.`;
}
