import type { Budget, BudgetStop } from '../api/api-types.ts';
import { formatDollars } from './money.ts';

/** Why nothing is bought, in a few words. */
export const STOPS: Readonly<Record<BudgetStop, string>> = {
  paused: 'Generation is paused.',
  pictures: 'All of today’s pictures are used.',
  dollars_today: 'Today’s limit in dollars (DAILY_BUDGET_USD) is reached.',
  dollars_month: 'The month’s limit in dollars (MONTHLY_BUDGET_USD) is reached.',
};

/** Where the limit of pictures is no help. */
export function dollarStop({ stoppedBy, dollars }: Budget): string | undefined {
  if (stoppedBy !== 'dollars_today' && stoppedBy !== 'dollars_month') return undefined;
  const { today, month, dearestPicture } = dollars;
  const { used, limit } = stoppedBy === 'dollars_today' ? today : month;
  return `${STOPS[stoppedBy]} ${formatDollars(used)} of ${formatDollars(limit ?? 0)} are spent, and a picture can cost ${formatDollars(dearestPicture)}. A higher number of pictures changes nothing; change the variable and restart.`;
}
