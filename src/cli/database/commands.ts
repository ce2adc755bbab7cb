import type { Command } from 'commander';
import { SystemClock } from '../../adapters/clock/system.ts';
import type { Env } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** Adds `db migrate`, `db status`, `db backup` and `db restore`. */
export function addDatabase(
  program: Command,
  environment: () => Env,
  terminal: Terminal,
  end: (isWell: boolean) => void,
): void {
  // Only these commands load the database.
  const load = () => import('./database.ts');
  const db = program.command('db').description('migrates, backs up and restores the database');
  db.command('migrate')
    .description('runs the migrations that are missing; the service does so when it starts')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { migrateDatabase } = await load();
      await migrateDatabase(environment(), options, terminal);
    });
  db.command('status')
    .description('prints the version and the migrations; fails if one is missing')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { databaseStatus } = await load();
      end(await databaseStatus(environment(), options, terminal));
    });
  db.command('import-records')
    .description('copies the records in the store into the database; can be repeated')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { importStoreRecords } = await load();
      await importStoreRecords(environment(), options, terminal);
    });
  db.command('backup')
    .argument('<file>')
    .description('writes all rows to a compressed file')
    .option('--json', 'print JSON', false)
    .action(async (file, options) => {
      const { backUpDatabase } = await load();
      const clock = new SystemClock();
      await backUpDatabase(environment(), file, { ...options, clock }, terminal);
    });
  db.command('restore')
    .argument('<file>')
    .description('writes the rows of a backup into an empty database, embedded or on a server')
    .option('--json', 'print JSON', false)
    .action(async (file, options) => {
      const { restoreDatabase } = await load();
      await restoreDatabase(environment(), file, options, terminal);
    });
}
