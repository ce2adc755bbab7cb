import { ObjectStoreGenerationHistory } from '../adapters/generation-history/object-store.ts';
import { ObjectStoreSpendingControlStore } from '../adapters/spending-control-store/object-store.ts';
import { loadConfig } from '../app/config/config.ts';
import { openGenerator, openStore } from '../app/container/open-adapters.ts';
import { type BudgetReport, ReportBudget } from '../domain/admin/report-budget.ts';
import { SpendingControl } from '../domain/budget/spending-control.ts';
import type { Clock } from '../domain/kernel/clock.ts';
import { dayAt, daysBefore } from '../domain/kernel/day.ts';
import { ImageKeys } from '../domain/storage/image-keys.ts';
import type { Terminal } from './terminal.ts';
import { UNWATCHED } from './unwatched.ts';

/**
 * Prints the spending of today, of this month and of each of the last days. It reads the records in the
 * store, so the service does not have to run.
 *
 * @param options.days number of days including today, at most 90
 * @throws ConfigError; CafeError `storage_unavailable`
 */
export async function costs(
  env: Readonly<Record<string, string | undefined>>,
  { days, json, clock }: { days: number; json: boolean; clock: Clock },
  terminal: Terminal,
): Promise<void> {
  const report = await readReport(env, clock, (message) => terminal.complain(`${message}\n`));
  const since = daysBefore(dayAt(clock.now()), days - 1);
  const shown = { ...report, history: report.history.filter(({ day }) => day >= since) };
  terminal.write(json ? `${JSON.stringify(summaryOf(shown), null, 2)}\n` : textOf(shown));
}

async function readReport(
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  notice: (message: string) => void,
): Promise<BudgetReport> {
  const config = loadConfig(env);
  const { recordsPrefix } = config;
  const { dearestMicroUsd } = await openGenerator(config.generator, {
    clock,
    notice,
    watch: UNWATCHED,
  });
  const store = await openStore(config, notice);
  try {
    const keys = new ImageKeys(config.imagePrefix);
    const history = new ObjectStoreGenerationHistory({ store, keys, recordsPrefix, notice });
    const ceiling = config.admin.budgetCeiling;
    const stored = new ObjectStoreSpendingControlStore({ store, recordsPrefix });
    const control = new SpendingControl({ store: stored, ceiling });
    const settings = {
      dailyBudget: config.dailyBudget,
      dailyMicroUsd: config.dailyMicroUsd,
      monthlyMicroUsd: config.monthlyMicroUsd,
      ceiling,
      isCeilingSet: config.admin.isCeilingSet,
      opensOverHours: config.budgetOpensOverHours,
      dearestMicroUsd,
    };
    return await new ReportBudget({ history, control, settings, clock }).report();
  } finally {
    await store.close();
  }
}

function summaryOf({ day, isPaused, used, reserved, limit, today, month, history }: BudgetReport) {
  return {
    day: isoDay(day),
    isPaused,
    today: {
      pictures: used,
      reserved,
      limit,
      dollars: today.costMicroUsd / 1e6,
      limitDollars: today.limitMicroUsd === undefined ? null : today.limitMicroUsd / 1e6,
    },
    month: {
      dollars: month.costMicroUsd / 1e6,
      limitDollars: month.limitMicroUsd === undefined ? null : month.limitMicroUsd / 1e6,
    },
    days: history.map((each) => ({
      day: isoDay(each.day),
      pictures: each.pictures,
      dollars: each.costMicroUsd / 1e6,
    })),
  };
}

function textOf({ day, isPaused, used, reserved, limit, today, month, history }: BudgetReport) {
  const of = (limitMicroUsd: number | undefined) =>
    limitMicroUsd === undefined ? '' : ` of ${dollars(limitMicroUsd)}`;
  const inProgress = reserved > 0 ? ` (${reserved} in progress)` : '';
  const rows = history
    .toReversed()
    .map((each) => [isoDay(each.day), String(each.pictures), dollars(each.costMicroUsd)]);
  return [
    `Today (${isoDay(day)} UTC): ${used} of ${limit} pictures${inProgress}, ${dollars(today.costMicroUsd)}${of(today.limitMicroUsd)}`,
    `This month: ${dollars(month.costMicroUsd)}${of(month.limitMicroUsd)}`,
    ...(isPaused ? ['Spending is paused in the admin.'] : []),
    '',
    ...(rows.length === 0 ? ['Nothing was bought on these days.'] : tableOf(rows)),
    '',
  ].join('\n');
}

function tableOf(rows: string[][]): string[] {
  return [['day', 'pictures', 'dollars'], ...rows].map(
    ([day = '', pictures = '', cost = '']) =>
      `${day.padEnd(10)}  ${pictures.padStart(8)}  ${cost.padStart(10)}`,
  );
}

function dollars(microUsd: number): string {
  return `$${(microUsd / 1e6).toFixed(2)}`;
}

function isoDay(day: string): string {
  return day.replaceAll('/', '-');
}
