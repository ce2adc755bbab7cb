import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import * as budget from './migrations/0001-budget.ts';
import * as accounts from './migrations/0002-accounts.ts';

/** All migrations, in order. They only go forward; a released one never changes. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-budget': budget,
  '0002-accounts': accounts,
};

/** A migration, and when it ran; `undefined` if it has not. */
export interface MigrationState {
  name: string;
  ranAt: Date | undefined;
}

/**
 * Runs the migrations that are missing, each in a transaction of its own. If several processes
 * start together, one runs a migration and the others wait for its lock. The lock ends with the
 * transaction, so it works behind a pooler.
 *
 * @returns the names of the migrations that ran
 * @throws the error of the migration that failed; it changed nothing, those before it stay
 */
export async function migrate<Tables>(db: Kysely<Tables>, upTo?: string): Promise<string[]> {
  const migrator = migratorOf(db);
  const done: string[] = [];
  for (;;) {
    const missing = (await migrator.getMigrations()).filter(({ executedAt }) => !executedAt);
    const next = missing[0]?.name;
    if (next === undefined || (upTo !== undefined && next > upTo)) return done;
    const { error, results = [] } = await migrator.migrateUp();
    if (error) throw error;
    done.push(...results.map(({ migrationName }) => migrationName));
  }
}

/** Reads which migrations have run, and changes nothing. */
export async function migrationStates<Tables>(db: Kysely<Tables>): Promise<MigrationState[]> {
  const migrations = await migratorOf(db).getMigrations();
  return migrations.map(({ name, executedAt }) => ({ name, ranAt: executedAt }));
}

function migratorOf<Tables>(db: Kysely<Tables>): Migrator {
  return new Migrator({
    db,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableName: 'schema_migrations',
    migrationLockTableName: 'schema_migrations_lock',
  });
}
