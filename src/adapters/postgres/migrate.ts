import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import * as budget from './migrations/0001-budget.ts';
import * as accounts from './migrations/0002-accounts.ts';

interface Migration {
  up(db: Kysely<unknown>): Promise<void>;
}

/** All migrations, in order. They only go forward; a released one never changes. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-budget': budget,
  '0002-accounts': accounts,
};

/** The names of all migrations of this version, in order. */
export const MIGRATION_NAMES: readonly string[] = Object.keys(MIGRATIONS);

/** A migration, and when it ran; `undefined` if it has not. */
export interface MigrationState {
  name: string;
  ranAt: Date | undefined;
}

/** The number of the advisory lock, unique among those of the database. */
const LOCK = 4_105_226_871;
/** Milliseconds between two attempts to get the lock, and how long to try. */
const PAUSE_MS = 200;
const MAX_WAIT_MS = 600_000;

/**
 * Runs the migrations that are missing, each in a transaction of its own. If several processes
 * start together, one runs a migration and the others wait. The lock belongs to the transaction, not
 * to the session: behind a pooler, the next transaction may get another session, which could not
 * release it.
 *
 * @returns the names of the migrations that ran
 * @throws the error of the migration that failed; it changed nothing, those before it stay
 */
export async function migrate<Tables>(db: Kysely<Tables>, upTo?: string): Promise<string[]> {
  const done: string[] = [];
  for (let waitedMs = 0; (await missing(db, upTo)).length > 0; ) {
    const ran = await db
      .transaction()
      .setIsolationLevel('read committed')
      .execute((transaction) => runNext(transaction, upTo));
    if (ran) done.push(...ran);
    else if (waitedMs >= MAX_WAIT_MS) throw new Error('another process migrates for too long');
    else {
      await pause(PAUSE_MS);
      waitedMs += PAUSE_MS;
    }
  }
  return done;
}

/** Reads which migrations have run, and changes nothing. */
export async function migrationStates<Tables>(db: Kysely<Tables>): Promise<MigrationState[]> {
  const ran = await ranMigrations(db);
  return Object.keys(MIGRATIONS).map((name) => ({ name, ranAt: ran.get(name) }));
}

/** @returns its name, if another process has not run it already; `undefined` while one has the lock */
async function runNext<Tables>(
  transaction: Transaction<Tables>,
  upTo: string | undefined,
): Promise<string[] | undefined> {
  const { rows } = await sql<{ isOurs: boolean }>`
    select pg_try_advisory_xact_lock(${sql.lit(LOCK)}) as "isOurs"`.execute(transaction);
  if (!rows[0]?.isOurs) return undefined;
  const [next] = await missing(transaction, upTo);
  if (!next) return [];
  const [name, migration] = next;
  await sql`
    create table if not exists schema_migrations (
      name text primary key,
      ran_at timestamptz not null default now()
    )`.execute(transaction);
  await migration.up(transaction as unknown as Kysely<unknown>);
  await sql`insert into schema_migrations (name) values (${name})`.execute(transaction);
  return [name];
}

async function missing<Tables>(
  db: Kysely<Tables>,
  upTo: string | undefined,
): Promise<[name: string, migration: Migration][]> {
  const ran = await ranMigrations(db);
  return Object.entries(MIGRATIONS).filter(
    ([name]) => !ran.has(name) && (upTo === undefined || name <= upTo),
  );
}

async function ranMigrations<Tables>(db: Kysely<Tables>): Promise<Map<string, Date>> {
  const { rows: found } = await sql`
    select 1 where to_regclass('schema_migrations') is not null`.execute(db);
  if (found.length === 0) return new Map();
  const { rows } = await sql<{ name: string; ran_at: Date }>`
    select name, ran_at from schema_migrations`.execute(db);
  return new Map(rows.map(({ name, ran_at }) => [name, ran_at]));
}
