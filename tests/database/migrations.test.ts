import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { openServerDatabase, UNAVAILABLE } from '../support/server-database.ts';

const { programs } = inject('postgres')!;

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start({ programs });
});
afterAll(() => server.remove());

async function open() {
  const name = await server.createDatabase();
  const again = () => openServerDatabase(server.url(name)).database;
  const database = again();
  const all = (await database.migrations()).map((state) => state.name);
  expect(all.length).toBeGreaterThan(1);
  return { name, again, database, all };
}

/** A connection that keeps the second migration waiting before its last table, until it ends. */
async function block(name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.url(name) });
  await client.connect();
  await client.query('begin; create table api_keys (id int)');
  return client;
}

/** Every column, constraint and index. */
async function schemaOf(database: Database): Promise<string[]> {
  return database.run(async (queries) => {
    const { rows } = await sql<{ line: string }>`
      select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as line
        from information_schema.columns where table_schema = 'public'
      union all select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
        from pg_constraint where connamespace = 'public'::regnamespace
      union all select indexdef from pg_indexes where schemaname = 'public'
      order by line`.execute(queries);
    return rows.map(({ line }) => line);
  });
}

async function ran(database: Database): Promise<string[]> {
  const states = await database.migrations();
  return states.filter(({ ranAt }) => ranAt).map(({ name }) => name);
}

describe('migrations', () => {
  it('lead from an empty database to the newest, and do nothing the next time', async () => {
    const { database, all } = await open();
    expect(await ran(database)).toEqual([]);
    expect(await database.migrate()).toEqual(all);
    expect(await ran(database)).toEqual(all);
    expect(await database.migrate()).toEqual([]);
    await database.check();
  });

  it('lead from each version before to the same tables', async () => {
    const { database: newest, all } = await open();
    await newest.migrate();
    const expected = await schemaOf(newest);
    for (const [at, version] of all.entries()) {
      const { database } = await open();
      expect(await database.migrate(version)).toEqual(all.slice(0, at + 1));
      expect(await database.migrate()).toEqual(all.slice(at + 1));
      expect(await schemaOf(database)).toEqual(expected);
    }
  });

  it('run once however many start them at the same time', async () => {
    const { again, all } = await open();
    const done = await Promise.all(Array.from({ length: 4 }, () => again().migrate()));
    expect(done.flat().toSorted()).toEqual(all);
  });

  it('wait for another process that is migrating', async () => {
    const { name, again, all } = await open();
    await again().migrate(all[0]);
    const blocking = await block(name);
    const first = again().migrate();
    await expect.poll(() => server.waitingIn(name)).toBe(1);
    const second = again();
    const waiting = second.migrate();
    await second.migrations();
    await blocking.end();
    expect(await first).toEqual(all.slice(1));
    expect(await waiting).toEqual([]);
  });

  it('that fail change nothing, and go on once the reason is gone', async () => {
    const { database, all } = await open();
    await database.migrate(all[0]);
    // The last table that the second one makes.
    await database.run((db) => sql`create table api_keys (id int)`.execute(db));
    const before = await schemaOf(database);
    await expect(database.migrate()).rejects.toMatchObject({ code: '42P07' });
    expect(await schemaOf(database)).toEqual(before);
    expect(await ran(database)).toEqual(all.slice(0, 1));
    await database.run((db) => sql`drop table api_keys`.execute(db));
    expect(await database.migrate()).toEqual(all.slice(1));
  });

  it('that are killed in the middle change nothing, and go on the next time', async () => {
    const { name, again, all } = await open();
    const [one, two] = [again(), again()];
    await one.migrate(all[0]);
    const before = await schemaOf(one);
    const blocking = await block(name);
    const killed = expect(two.migrate()).rejects.toMatchObject(UNAVAILABLE);
    await expect.poll(() => server.waitingIn(name)).toBe(1);
    await server.killWaitingIn(name);
    await killed;
    await blocking.end();
    expect(await schemaOf(one)).toEqual(before);
    expect(await two.migrate()).toEqual(all.slice(1));
  });

  it('by a user without the right to create tables fail, and say so', async () => {
    const { name, database } = await open();
    await server.asOwner('alter schema public owner to postgres', name);
    await expect(database.migrate()).rejects.toMatchObject({ code: '42501' });
  });
});
