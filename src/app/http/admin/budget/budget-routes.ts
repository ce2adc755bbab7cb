import { z } from 'zod';
import type { BudgetReport, ReportBudget } from '../../../../domain/admin/report-budget.ts';
import { type AdminRoute, route } from '../admin-route.ts';
import { Dollars, dollars, Moment, presentDay } from '../schemas.ts';

const Money = z.strictObject({ used: Dollars, limit: Dollars.nullable() });

/** Usage and remaining budget. */
export const Budget = z
  .strictObject({
    day: z.string().describe('Today in UTC, such as 2026-11-21'),
    paused: z.boolean(),
    limit: z.int().describe('Pictures of today'),
    configuredLimit: z.int(),
    ceiling: z.int().describe('Maximum value of the limit'),
    ceilingFrom: z
      .enum(['ADMIN_BUDGET_CEILING', 'DAILY_GENERATION_BUDGET'])
      .describe(
        'The variable from which the ceiling comes; by default it is ten times DAILY_GENERATION_BUDGET',
      ),
    limitOverCeiling: z
      .int()
      .nullable()
      .describe('The limit set for today, if the ceiling is lower now and applies instead'),
    stoppedBy: z
      .enum(['paused', 'pictures', 'dollars_today', 'dollars_month'])
      .nullable()
      .describe('Why no picture can be generated now; null if one can'),
    used: z.int().describe('Pictures, including reserved ones'),
    reserved: z.int(),
    remaining: z.int(),
    opening: z
      .strictObject({
        pictures: z.int().describe('Pictures of today that readers may use now'),
        nextAt: Moment.nullable().describe('When the next part opens; null if all parts are open'),
      })
      .nullable()
      .describe('Null without hourly pacing'),
    resetsAt: Moment,
    dollars: z.strictObject({ today: Money, month: Money, dearestPicture: Dollars }),
    history: z
      .array(
        z.strictObject({ day: z.string(), used: z.int(), reserved: z.int(), dollars: Dollars }),
      )
      .describe('The days with usage among the last 90, oldest first'),
  })
  .meta({ id: 'Budget' });

export function budgetRoutes({ reportBudget }: { reportBudget: ReportBudget }): AdminRoute[] {
  return [
    route({
      method: 'GET',
      path: '/budget',
      summary: 'Today’s usage, the remaining budget, and the cost of the last 90 days.',
      answer: Budget,
      handle: async () => ({ body: presentBudget(await reportBudget.report()) }),
    }),
  ];
}

export function presentBudget(report: BudgetReport): z.infer<typeof Budget> {
  return {
    day: presentDay(report.day),
    paused: report.isPaused,
    limit: report.limit,
    configuredLimit: report.configuredLimit,
    ceiling: report.ceiling,
    used: report.used,
    reserved: report.reserved,
    remaining: report.remaining,
    ceilingFrom: report.isCeilingSet ? 'ADMIN_BUDGET_CEILING' : 'DAILY_GENERATION_BUDGET',
    limitOverCeiling: report.limitOverCeiling ?? null,
    stoppedBy: report.stoppedBy ?? null,
    opening: report.opening ? presentOpening(report.opening) : null,
    resetsAt: new Date(report.resetsAt).toISOString(),
    dollars: {
      today: presentMoney(report.today),
      month: presentMoney(report.month),
      dearestPicture: dollars(report.dearestMicroUsd),
    },
    history: report.history.map((each) => ({
      day: presentDay(each.day),
      used: each.pictures,
      reserved: each.reserved,
      dollars: dollars(each.costMicroUsd),
    })),
  };
}

function presentOpening({
  pictures,
  nextAt,
}: NonNullable<BudgetReport['opening']>): z.infer<typeof Budget>['opening'] {
  return { pictures, nextAt: nextAt === undefined ? null : new Date(nextAt).toISOString() };
}

function presentMoney({
  costMicroUsd,
  limitMicroUsd,
}: BudgetReport['today']): z.infer<typeof Money> {
  return {
    used: dollars(costMicroUsd),
    limit: limitMicroUsd === undefined ? null : dollars(limitMicroUsd),
  };
}

/** Why generation is not possible and how to fix it, in words for the owner. */
export function explainStop({ stoppedBy, limit, today, month }: BudgetReport): string {
  const spent = ({ costMicroUsd, limitMicroUsd = 0 }: BudgetReport['today']) =>
    `$${dollars(costMicroUsd).toFixed(2)} of $${dollars(limitMicroUsd).toFixed(2)}`;
  switch (stoppedBy) {
    case 'paused':
      return 'Generation is paused. Resume it first.';
    case 'pictures':
      return `All ${limit} pictures of today are used. Raise today’s limit, or wait for tomorrow.`;
    case 'dollars_today':
      return `Today’s dollar budget is too low for another picture: ${spent(today)} spent. Raise DAILY_BUDGET_USD.`;
    case 'dollars_month':
      return `The month’s dollar budget is too low for another picture: ${spent(month)} spent. Raise MONTHLY_BUDGET_USD.`;
    default:
      return 'The last of today’s budget was just used.';
  }
}
