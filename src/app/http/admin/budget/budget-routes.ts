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
    ceiling: z.int().describe('What the limit may be raised to'),
    ceilingFrom: z
      .enum(['ADMIN_BUDGET_CEILING', 'DAILY_GENERATION_BUDGET'])
      .describe('The variable that sets the ceiling; of the budget it is ten times'),
    limitOverCeiling: z
      .int()
      .nullable()
      .describe('What was set for today, where the ceiling is lower now and holds instead'),
    stoppedBy: z
      .enum(['paused', 'pictures', 'dollars_today', 'dollars_month'])
      .nullable()
      .describe('Why no picture can be bought now; null where one can'),
    used: z.int().describe('Pictures, with those that are reserved'),
    reserved: z.int(),
    remaining: z.int(),
    opening: z
      .strictObject({
        pictures: z.int().describe('Of today’s, those that readers may use by now'),
        nextAt: Moment.nullable().describe('When there are more; null where all are open'),
      })
      .nullable()
      .describe('Null where all of a day is open from its beginning'),
    resetsAt: Moment,
    dollars: z.strictObject({ today: Money, month: Money, dearestPicture: Dollars }),
    history: z
      .array(
        z.strictObject({ day: z.string(), used: z.int(), reserved: z.int(), dollars: Dollars }),
      )
      .describe('The days of the last 90 that used something, oldest first'),
  })
  .meta({ id: 'Budget' });

export function budgetRoutes({ reportBudget }: { reportBudget: ReportBudget }): AdminRoute[] {
  return [
    route({
      method: 'GET',
      path: '/budget',
      summary: 'What today has used, what is left, and what the last 90 days have cost.',
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
      return `Today’s dollars do not suffice: ${spent(today)} are spent. Only DAILY_BUDGET_USD raises that.`;
    case 'dollars_month':
      return `The month’s dollars do not suffice: ${spent(month)} are spent. Only MONTHLY_BUDGET_USD raises that.`;
    default:
      return 'The last of today’s budget was just used.';
  }
}
