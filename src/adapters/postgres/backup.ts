import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

/** The first line of a backup. */
interface Header {
  format: 'bytesized-cafe database';
  version: 1;
  /** Milliseconds since the Unix epoch. */
  createdAt: number;
  /** The migrations of the database from which its rows come, in order. */
  migrations: string[];
}

/** One row of a table. */
interface Row {
  table: string;
  /** As PostgreSQL writes a row as JSON, which keeps every type exactly. */
  row: unknown;
}

/** The last line, without which a backup is not complete. */
interface Footer {
  /** Of all tables. */
  rows: number;
}

/** Rows per table. */
export type RowCounts = Record<string, number>;

/** Why a backup cannot be restored. It changed nothing. */
export class RestoreError extends Error {
  override name = 'RestoreError';
}

const ROWS_AT_ONCE = 500;

/**
 * All rows of all tables as lines of JSON, the state of one moment. A backup of an embedded
 * database can be restored on a server, and the other way round.
 */
export async function backUp(
  database: Database,
  write: (line: string) => Promise<void>,
  createdAt: number,
): Promise<RowCounts> {
  const migrations = ran(await database.migrations());
  const counts: RowCounts = {};
  await database.snapshot(async (transaction) => {
    const header: Header = { format: 'bytesized-cafe database', version: 1, createdAt, migrations };
    await write(JSON.stringify(header));
    for (const table of await tableNames(transaction)) {
      counts[table] = await backUpTable(transaction, table, write);
    }
  });
  await write(JSON.stringify({ rows: sumOf(counts) } satisfies Footer));
  return counts;
}

async function backUpTable(
  transaction: Transaction<Tables>,
  table: string,
  write: (line: string) => Promise<void>,
): Promise<number> {
  const target = sql.table(table);
  await sql`declare backup no scroll cursor for select to_jsonb(r)::text as row from ${target} r`.execute(
    transaction,
  );
  let count = 0;
  for (;;) {
    const fetched = await sql<{
      row: string;
    }>`fetch ${sql.lit(ROWS_AT_ONCE)} from backup`.execute(transaction);
    if (fetched.rows.length === 0) break;
    count += fetched.rows.length;
    for (const { row } of fetched.rows) await write(`{"table":"${table}","row":${row}}`);
  }
  await sql`close backup`.execute(transaction);
  return count;
}

/**
 * Writes the rows of a backup into a database without rows, all of them or none. A backup of an
 * older version is brought up to date, if the database has no tables yet.
 *
 * @throws RestoreError
 */
export async function restore(
  database: Database,
  lines: AsyncIterable<string>,
): Promise<RowCounts> {
  const rest = lines[Symbol.asyncIterator]();
  const header = headerIn((await rest.next()).value);
  await prepare(database, header);
  const counts = await database.transaction((transaction) => insertAll(transaction, rest));
  await database.migrate();
  return counts;
}

async function insertAll(
  transaction: Transaction<Tables>,
  lines: AsyncIterator<string>,
): Promise<RowCounts> {
  const tables = await tableNames(transaction);
  for (const table of tables) await requireEmpty(transaction, table);
  const counts: RowCounts = {};
  for (;;) {
    const { rows, footer } = await nextBatch(lines);
    for (const [table, found] of Map.groupBy(rows, (row) => row.table)) {
      if (!tables.includes(table)) throw new RestoreError(`There is no table ${table}.`);
      counts[table] = (counts[table] ?? 0) + found.length;
      await insertRows(transaction, table, found);
    }
    if (!footer) continue;
    if (footer.rows === sumOf(counts)) return counts;
    throw new RestoreError('The backup is not complete.');
  }
}

function sumOf(counts: RowCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function headerIn(line: string | undefined): Header {
  try {
    const header = JSON.parse(line ?? '') as Header;
    if (header.format === 'bytesized-cafe database' && header.version === 1) return header;
  } catch {
    // The file is not a backup, so throw below.
  }
  throw new RestoreError('The file is not a backup of this service.');
}

async function prepare(database: Database, { migrations }: Header): Promise<void> {
  const known = await database.migrations();
  const unknown = migrations.filter((name) => !known.some((each) => each.name === name));
  if (unknown.length > 0) {
    throw new RestoreError(`The backup is of a newer version: it needs ${unknown.join(', ')}.`);
  }
  const last = migrations.at(-1);
  const tooNew = ran(known).filter((name) => last === undefined || name > last);
  if (tooNew.length > 0) {
    throw new RestoreError('The backup is of an older version. Restore it into a new database.');
  }
  if (last !== undefined) await database.migrate(last);
}

async function requireEmpty(transaction: Transaction<Tables>, table: string): Promise<void> {
  const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(transaction);
  if (rows.length > 0) {
    throw new RestoreError(`The table ${table} has rows. Restore into an empty database.`);
  }
}

async function insertRows(
  transaction: Transaction<Tables>,
  table: string,
  rows: readonly Row[],
): Promise<void> {
  const target = sql.table(table);
  const json = JSON.stringify(rows.map(({ row }) => row));
  await sql`
    insert into ${target}
    select r.* from jsonb_array_elements(${json}::jsonb) as each (row),
      jsonb_populate_record(null::${target}, each.row) as r
  `.execute(transaction);
}

/** @throws RestoreError if the file ends without its last line, or has a damaged one */
async function nextBatch(lines: AsyncIterator<string>): Promise<{ rows: Row[]; footer?: Footer }> {
  const rows: Row[] = [];
  while (rows.length < ROWS_AT_ONCE) {
    const { value, done } = await lines.next();
    const line = done ? undefined : parseLine(value);
    if (!line) throw new RestoreError('The backup is not complete.');
    if ('table' in line) rows.push(line);
    else return { rows, footer: line };
  }
  return { rows };
}

function parseLine(text: string): Row | Footer | undefined {
  try {
    return JSON.parse(text) as Row | Footer;
  } catch {
    return undefined;
  }
}

/** All tables of the service, each after those that it refers to. */
async function tableNames(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string; refers_to: string[] }>`
    select c.relname as name,
      array(
        select f.confrelid::regclass::text from pg_constraint f
        where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid
      ) as refers_to
    from pg_class c
    where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
      and c.relname not like 'schema_migrations%'
    order by c.relname
  `.execute(db);
  const sorted: string[] = [];
  const place = (name: string): void => {
    if (sorted.includes(name)) return;
    for (const other of rows.find((each) => each.name === name)?.refers_to ?? []) place(other);
    sorted.push(name);
  };
  for (const { name } of rows) place(name);
  return sorted;
}

function ran(migrations: readonly { name: string; ranAt: Date | undefined }[]): string[] {
  return migrations.filter(({ ranAt }) => ranAt).map(({ name }) => name);
}
