import { ObjectStoreGenerationHistory } from '../adapters/generation-history/object-store.ts';
import { ObjectStoreSpendingControlStore } from '../adapters/spending-control-store/object-store.ts';
import { type Config, loadConfig } from '../app/config/config.ts';
import { openGenerator, openStore } from '../app/container/open-adapters.ts';
import { connectDatabase } from '../app/container/open-database.ts';
import { type BudgetReport, ReportBudget } from '../domain/admin/report-budget.ts';
import type { GenerationHistory } from '../domain/budget/generation-history.ts';
import { SpendingControl } from '../domain/budget/spending-control.ts';
import type { SpendingControlStore } from '../domain/budget/spending-control-store.ts';
import type { Clock } from '../domain/kernel/clock.ts';
import { dayAt, daysBefore } from '../domain/kernel/day.ts';
import type { Notice } from '../domain/kernel/notice.ts';
import { ImageKeys } from '../domain/storage/image-keys.ts';
import type { Terminal } from './terminal.ts';
import { UNWATCHED } from './unwatched.ts';

/**
 * Prints the spending of today, of this month and of each of the last days. It reads the
 * records in the store or the database, so the service does not have to run.
 *
 * @param options.days number of days including today, at most 90
 * @throws ConfigError; CafeError `storage_unavailable` or `database_unavailable`
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
  const { dearestMicroUsd } = await openGenerator(config.generator, {
    clock,
    notice,
    watch: UNWATCHED,
  });
  const { history, instructions, close } = await openRecords(config, notice);
  try {
    const ceiling = config.admin.budgetCeiling;
    const control = new SpendingControl({ store: instructions, ceiling });
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
    await close();
  }
}

interface Records {
  history: GenerationHistory;
  instructions: SpendingControlStore;
  close(): Promise<void>;
}

/** The records of the service, in the store or in the database. */
async function openRecords(config: Config, notice: Notice): Promise<Records> {
  const store = await openStore(config, notice);
  const keys = new ImageKeys(config.imagePrefix);
  const stock = { store, keys, recordsPrefix: config.recordsPrefix, notice };
  if (!config.database || !config.isLedgerInDatabase) {
    return {
      history: new ObjectStoreGenerationHistory(stock),
      instructions: new ObjectStoreSpendingControlStore(stock),
      close: () => store.close(),
    };
  }
  const { PostgresGenerationHistory } = await import('../adapters/generation-history/postgres.ts');
  const { PostgresSpendingControlStore } = await import(
    '../adapters/spending-control-store/postgres.ts'
  );
  const { database, close } = await connectDatabase(config.database, { notice });
  return {
    history: new PostgresGenerationHistory({ ...stock, database }),
    instructions: new PostgresSpendingControlStore(database),
    close: async () => {
      await close();
      await store.close();
    },
  };
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
