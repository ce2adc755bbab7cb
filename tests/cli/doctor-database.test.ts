import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SystemClock } from '../../src/adapters/clock/system.ts';
import { lockFolder } from '../../src/adapters/postgres/folder-lock.ts';
import { MIGRATION_NAMES } from '../../src/adapters/postgres/migrate.ts';
import { fileSystemVerdict } from '../../src/cli/doctor/checks/database/folder.ts';
import { tls } from '../../src/cli/doctor/checks/database/tls.ts';
import type { Finding, FindingStatus } from '../../src/cli/doctor/finding.ts';
import { findingsOf } from '../support/doctors-patient.ts';
import { PostgresStandIn, type StandInManners } from '../support/postgres-stand-in.ts';

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
const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 30, 12);

/** As a server without a pooler: each client has a process. */
const DIRECT: StandInManners = { pidOf: (client) => client + 1, toldPid: (client) => client + 1 };
const TABLES = `create table schema_migrations (name text primary key, ran_at timestamptz not null default now());
  insert into schema_migrations (name) values ${MIGRATION_NAMES.map((name) => `('${name}')`).join(', ')};`;

/** Puts a function before PostgreSQL's own. */
const instead = (what: string, body: string) => `
  create schema if not exists lies;
  create function lies.${what} language sql as $$ select ${body} $$;
  set search_path = lies, pg_catalog, public;`;

let server: PostgresStandIn;
beforeAll(async () => {
  server = await PostgresStandIn.start();
});
afterAll(() => server.close());
afterEach(async () => {
  server.manners = {};
  // One by one, because each needs what the one before it resets.
  for (const statement of RESET) await server.database.exec(statement);
});

const RESET = [
  'rollback',
  'reset role',
  'reset all',
  'drop schema if exists lies cascade',
  'drop schema public cascade',
  'create schema public',
  'drop role if exists guest',
];

interface Case {
  name: string;
  hasNoTables?: boolean;
  /** Said to the session before. */
  sql?: string;
  manners?: StandInManners;
  env?: Record<string, string>;
  /** Milliseconds that this machine's clock is ahead. */
  aheadMs?: number;
  /** What is not in order. */
  finds: [check: string, FindingStatus, message: RegExp, remedy: RegExp][];
  skips?: string[];
}

const CASES: Case[] = [
  {
    name: 'a wrong password',
    manners: { refusal: ['28P01', 'password authentication failed for user "cafe"'] },
    finds: [['database', 'failure', /cannot be reached: password auth/, /Percent-encode/]],
    skips: CHECKS.slice(1),
  },
  {
    name: 'an address that the server does not admit',
    manners: { refusal: ['28000', 'no pg_hba.conf entry for host, no encryption'] },
    finds: [['database', 'failure', /no encryption/, /sslmode=verify-full/]],
    skips: CHECKS.slice(1),
  },
  {
    name: 'a database that is not there',
    manners: { refusal: ['3D000', 'database "cafe" does not exist'] },
    finds: [['database', 'failure', /"cafe" does not exist/, /Create the database/]],
    skips: CHECKS.slice(1),
  },
  {
    name: 'a server without a free connection',
    manners: { refusal: ['53300', 'too many connections'] },
    finds: [['database', 'failure', /too many connections/, /DATABASE_MAX_CONNECTIONS/]],
    skips: CHECKS.slice(1),
  },
  {
    name: 'a server that is not there',
    env: { DATABASE_URL: 'postgres://cafe:canary-of-the-database@127.0.0.1:1/cafe' },
    finds: [['database', 'failure', /ECONNREFUSED/, /correct host and port/]],
    skips: CHECKS.slice(1),
  },
  {
    name: 'TLS that the server does not have',
    env: { DATABASE_URL: '?sslmode=verify-full' },
    finds: [['database', 'failure', /not support SSL/, /Turn TLS on/]],
    skips: CHECKS.slice(1),
  },
  {
    name: 'a CA file that is not there',
    env: { DATABASE_URL: '?sslmode=verify-full&sslrootcert=/no/such/ca.pem' },
    finds: [['database', 'failure', /\/no\/such\/ca\.pem/, /Correct the path.*sslrootcert/]],
    skips: CHECKS.slice(1),
  },
  {
    name: 'an old version',
    sql: instead(
      'current_setting(name text) returns text',
      `case when name = 'server_version_num' then '140011' when name = 'server_version' then '14.11' else pg_catalog.current_setting(name) end`,
    ),
    finds: [['database-version', 'failure', /PostgreSQL 14\.11.*15 or newer/, /Upgrade/]],
  },
  {
    name: 'a standby',
    sql: instead('pg_is_in_recovery() returns boolean', 'true'),
    finds: [['database-writable', 'failure', /is a standby/, /primary/]],
  },
  {
    name: 'a read-only database',
    sql: 'set default_transaction_read_only = on',
    finds: [['database-writable', 'failure', /read-only/, /default_transaction_read_only off/]],
  },
  {
    name: 'a server that confirms writes too early',
    sql: 'set synchronous_commit = off',
    finds: [['database-writable', 'warning', /a crash can lose them/, /synchronous_commit on/]],
  },
  {
    name: 'a user who may not create tables',
    hasNoTables: true,
    sql: 'create role guest; grant usage on schema public to guest; set role guest',
    finds: [
      ['permissions', 'failure', /not create tables in the schema public/, /GRANT USAGE, CREATE/],
      ['migrations', 'warning', /have not run: 0001-budget/, /db migrate/],
    ],
  },
  {
    name: 'a user who may use the tables, and not create others',
    sql: `create role guest; grant usage on schema public to guest;
      grant all on all tables in schema public to guest; set role guest`,
    finds: [['permissions', 'warning', /tables exist, but/, /Before each update/]],
  },
  {
    name: 'a user who may not write a table',
    sql: `create role guest; grant usage, create on schema public to guest;
      grant select on all tables in schema public to guest; set role guest`,
    finds: [['permissions', 'failure', /these tables: schema_migrations/, /GRANT SELECT/]],
  },
  {
    name: 'a search path that leads nowhere',
    sql: `set search_path = nowhere`,
    finds: [
      ['permissions', 'failure', /search_path/, /Create the schema/],
      ['migrations', 'warning', /have not run/, /db migrate/],
    ],
  },
  {
    name: 'migrations of a newer version',
    sql: `insert into schema_migrations (name) values ('9999-later')`,
    finds: [['migrations', 'warning', /newer version.*: 9999-later/, /newest version/]],
  },
  {
    name: 'a statement pooler',
    manners: { ...DIRECT, refuses: { begin: '08P01' } },
    finds: [['pooler', 'failure', /statement pooler/, /pool_mode = transaction/]],
    skips: ['connections'],
  },
  {
    name: 'a clock that is some minutes off',
    aheadMs: -2 * 60_000,
    finds: [['database-clock', 'warning', /120 seconds behind the database's/, /NTP/]],
  },
  {
    name: 'a clock that is hours off',
    aheadMs: 2 * HOUR_MS,
    finds: [['database-clock', 'failure', /7200 seconds ahead of the database's/, /NTP/]],
  },
  {
    name: 'too few connections for one replica',
    env: { DATABASE_MAX_CONNECTIONS: '1000' },
    finds: [['connections', 'failure', /enough for 0 replicas/, /Lower DATABASE_MAX/]],
  },
];

describe('the doctor of a database', () => {
  it('reports no problem for a server with all tables', async () => {
    await server.database.exec(TABLES);
    const { findings } = await examined(DIRECT);
    expect(findings.map(({ check, status }) => [check, status])).toEqual(
      CHECKS.map((check) => [check, 'ok']),
    );
    expect(messageOf(findings, 'pooler')).toMatch(/directly/);
    const guide = readFileSync(join(import.meta.dirname, '../../docs/doctor.md'), 'utf8');
    for (const check of CHECKS) expect(guide).toContain(`| \`${check}\` |`);
  });

  it.each(CASES)('finds $name, and reports how to fix it', async (illness) => {
    const { hasNoTables, sql = '', manners = DIRECT, finds, skips = [], env, aheadMs } = illness;
    if (!hasNoTables) await server.database.exec(TABLES);
    await server.database.exec(sql);
    const { findings, text } = await examined(manners, env, aheadMs);
    expect(findings.filter(({ status }) => status !== 'ok' && status !== 'skipped')).toEqual(
      finds.map(([check, status, message, remedy]) => ({
        check,
        status,
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(remedy),
      })),
    );
    const skipped = findings.filter(({ status }) => status === 'skipped');
    expect(skipped.map(({ check }) => check)).toEqual(skips);
    expect(text).not.toContain('canary-of-the-database');
    expect(text).not.toContain('postgres://');
  });

  it.each([
    ['a session pooler', { ...DIRECT, toldPid: () => 77 }, /session pooler/],
    ['a transaction pooler with one connection', { pidOf: () => 5 }, /transaction pooler/],
    [
      'a transaction pooler with several connections',
      { pidOf: (client: number, statement: number) => 10 * client + statement },
      /transaction pooler/,
    ],
  ])('tells %s, which works', async (_, manners, message) => {
    await server.database.exec(TABLES);
    const { findings } = await examined(manners);
    expect(findings.filter(({ status }) => status === 'failure')).toEqual([]);
    expect(messageOf(findings, 'pooler')).toMatch(message);
  });

  it.each([
    ['db.example', 'failure', /not encrypted/],
    ['10.0.0.5', 'ok', /private network/],
    ['93.184.216.34', 'failure', /not encrypted/],
    ['postgres.railway.internal', 'ok', /private network/],
    ['postgres', 'ok', /private network/],
  ])('judges a connection without TLS to %s', async (host, status, message) => {
    const check = tls({ host, encryption: async () => 'none' });
    const [verdict] = await check.run({ clock: new SystemClock(), signal: AbortSignal.abort() });
    expect(verdict).toMatchObject({ status, message: expect.stringMatching(message) });
  });
});

describe('the doctor of an embedded database', () => {
  it('reports no problem before the first start', async () => {
    const { findings } = await embedded(join(folder(), 'data'));
    expect(findings[0]?.message).toMatch(/will be created in .*database at its first use/);
    expect(statusOf(findings)).not.toContain('failure');
  });

  it('names the process that has the folder', async () => {
    const data = folder();
    const lock = lockFolder(join(data, 'database'));
    onTestFinished(() => lock.release());
    const { findings } = await embedded(data);
    expect(findings[0]).toMatchObject({
      status: 'ok',
      message: expect.stringContaining(`Process ${process.pid} has the embedded database in`),
    });
  });

  it('finds a folder that others may read', async () => {
    const data = folder();
    mkdirSync(join(data, 'database'), { recursive: true });
    chmodSync(join(data, 'database'), 0o755);
    const { findings } = await embedded(data);
    expect(findings).toContainEqual({
      check: 'database',
      status: 'warning',
      message: expect.stringMatching(/may read .*database \(mode 755\)/),
      remedy: expect.stringMatching(/chmod 700/),
    });
  });

  it('finds a folder that cannot be made', async () => {
    const { findings } = await embedded('/dev/null/data');
    expect(findings).toMatchObject([
      { status: 'failure', remedy: expect.stringMatching(/DATA_DIR/) },
    ]);
  });

  it.each([
    [0xef53, 'ok', /disk of this machine/],
    [0x6969, 'warning', /on NFS.*two machines/],
    [0x794c7630, 'warning', /ends with the container/],
    [0x01021994, 'warning', /ends with the machine/],
  ])('judges the file system %i', (type, status, message) => {
    const verdict = fileSystemVerdict(type, '/data');
    expect(verdict).toMatchObject({ status, message: expect.stringMatching(message) });
  });

  it('reports that a database in memory ends with the service', async () => {
    const { findings } = await findingsOf({ ...LOCAL, IMAGE_STORE: 'memory' });
    expect(messageOf(findings, 'database')).toMatch(/in memory/);
  });
});

/** What costs no second: a store and a generator of this machine. */
const LOCAL = { IMAGE_STORE: 'memory', IMAGE_GENERATOR: 'sketch', GEO_LOCATOR: 'none' };

async function examined(
  manners: StandInManners,
  { DATABASE_URL = '', ...env }: Record<string, string> = {},
  aheadMs = 0,
) {
  server.manners = { time: NOW, ...manners };
  const url = DATABASE_URL.startsWith('?') ? `${server.url}${DATABASE_URL}` : DATABASE_URL;
  const report = await findingsOf(
    { ...LOCAL, DATABASE_URL: url || server.url, ...env },
    { now: NOW + aheadMs },
  );
  return { ...report, findings: report.findings.filter(({ check }) => CHECKS.includes(check)) };
}

async function embedded(DATA_DIR: string) {
  const report = await findingsOf({ ...LOCAL, IMAGE_STORE: 'filesystem', DATA_DIR });
  return { ...report, findings: report.findings.filter(({ check }) => check === 'database') };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'cafe-doctor-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

function messageOf(findings: readonly Finding[], name: string): string {
  return findings.find(({ check }) => check === name)?.message ?? '';
}

function statusOf(findings: readonly Finding[]): FindingStatus[] {
  return findings.map(({ status }) => status);
}
