import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { findingsOf } from '../support/doctors-patient.ts';
import { openTestDatabase } from '../support/embedded-database.ts';
import { PgBouncer, type PoolMode } from '../support/pgbouncer.ts';
import { PostgresServer, runOnce } from '../support/postgres-server.ts';

const { programs } = inject('postgres')!;
const LOCAL = { IMAGE_STORE: 'memory', IMAGE_GENERATOR: 'sketch', GEO_LOCATOR: 'none' };
const CHECKS = [
  'database',
  'database-version',
  'database-writable',
  'permissions',
  'migrations',
  'pooler',
  'database-tls',
  'database-clock',
  'connections',
];

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start({ programs, settings: { max_connections: '20' } });
});
afterAll(() => server.remove());

/** A database with all tables. */
async function migrated(): Promise<string> {
  const name = await server.createDatabase();
  const { close } = await openTestDatabase(server.url(name));
  await close();
  return name;
}

async function examined(DATABASE_URL: string, env: Record<string, string> = {}) {
  const { findings } = await findingsOf({ ...LOCAL, DATABASE_URL, ...env });
  return findings.filter(({ check }) => CHECKS.includes(check));
}

const wrongIn = (findings: Awaited<ReturnType<typeof examined>>) =>
  findings.filter(({ status }) => status !== 'ok');

describe('the doctor of a PostgreSQL server', () => {
  it('reports no problem for a new database after the service has migrated it', async () => {
    const findings = await examined(server.url(await migrated()), {
      DATABASE_MAX_CONNECTIONS: '5',
    });
    expect(findings.map(({ check, status }) => [check, status])).toEqual(
      CHECKS.map((check) => [check, 'ok']),
    );
    expect(findings[5]?.message).toMatch(/directly/);
    expect(findings[8]?.message).toMatch(/has \d+ of 17 connections left.*enough for 3 replicas/);
  });

  it('finds missing tables that the user may not create', async () => {
    const name = await server.createDatabase();
    await server.asOwner(
      'revoke all on schema public from public; alter schema public owner to postgres; grant usage on schema public to cafe',
      name,
    );
    expect(wrongIn(await examined(server.url(name)))).toMatchObject([
      {
        check: 'permissions',
        status: 'failure',
        remedy: expect.stringMatching(/GRANT USAGE, CREATE/),
      },
      { check: 'migrations', status: 'warning' },
      { check: 'connections', status: 'warning' },
    ]);
  });

  it('reports no problem for a schema of its own, made as the guide says', async () => {
    const name = await server.createDatabase();
    const guide = readFileSync(join(import.meta.dirname, '../../docs/postgresql.md'), 'utf8');
    const [, script = ''] = /### Supabase[\s\S]*?```sql\n([\s\S]*?)```/.exec(guide) ?? [];
    // The owner of the database, who is no superuser, as on Supabase.
    await server.asOwner('create role guide login createrole');
    await server.asOwner(`alter database ${name} owner to guide`);
    const statements = script
      .replaceAll('cafe', 'shop')
      .split(';')
      .filter((each) => each.trim());
    expect(statements).toHaveLength(4);
    for (const each of statements) await runOnce(server.url(name, { user: 'guide' }), each);
    const url = server.url(name, { user: 'shop' });
    await (await openTestDatabase(url)).close();
    expect(wrongIn(await examined(url, { DATABASE_MAX_CONNECTIONS: '5' }))).toEqual([]);
    const [{ schema } = {}] = await server.asOwner<{ schema: string }>(
      "select schemaname as schema from pg_tables where tablename = 'generations'",
      name,
    );
    expect(schema).toBe('shop');
  });

  it('finds a read-only database', async () => {
    const name = await migrated();
    await server.asOwner(`alter database ${name} set default_transaction_read_only = on`);
    expect(wrongIn(await examined(server.url(name)))[0]).toMatchObject({
      check: 'database-writable',
      status: 'failure',
    });
  });

  it('counts the connections that others have', async () => {
    const name = await migrated();
    await server.asOwner(`alter database ${name} connection limit 10`);
    const url = server.url(name);
    const others = Array.from({ length: 5 }, () => new pg.Client({ connectionString: url }));
    onTestFinished(async () => {
      await Promise.all(others.map((each) => each.end()));
    });
    await Promise.all(others.map((each) => each.connect()));
    const [wrong] = wrongIn(await examined(url, { DATABASE_MAX_CONNECTIONS: '5' }));
    expect(wrong).toMatchObject({ check: 'connections', status: 'warning' });
    expect(wrong?.message).toMatch(/has 5 of 10 connections left.*enough for 1 replica\./);
  });

  it('finds a server without TLS, where it is demanded', async () => {
    const url = `${server.url(await migrated())}?sslmode=verify-full`;
    expect(wrongIn(await examined(url))[0]).toMatchObject({
      status: 'failure',
      message: expect.stringMatching(/not support SSL/),
    });
  });

  it.each<[PoolMode, number, string, RegExp]>([
    ['session', 4, 'ok', /session pooler/],
    ['session', 2, 'ok', /session pooler/],
    ['transaction', 4, 'ok', /transaction pooler/],
    ['transaction', 1, 'ok', /transaction pooler/],
    ['statement', 4, 'failure', /statement pooler/],
  ])(
    'tells PgBouncer that pools by %s with %i connections',
    async (mode, poolSize, status, message) => {
      const name = await migrated();
      const options = { serverPort: server.port, poolSize, mode };
      const pooler = await PgBouncer.start(programs.pgbouncer, options);
      onTestFinished(() => pooler.remove());
      const url = server.url(name, { port: pooler.port });
      const findings = await examined(url, { DATABASE_STATEMENT_TIMEOUT_MS: '3000' });
      expect(findings.find(({ check }) => check === 'pooler')).toMatchObject({
        status,
        message: expect.stringMatching(message),
      });
      expect(
        findings.filter(({ check }) => check !== 'pooler' && check !== 'connections'),
      ).toSatisfy((others: typeof findings) => others.every((each) => each.status === 'ok'));
    },
  );
});
