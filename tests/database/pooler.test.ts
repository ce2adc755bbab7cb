import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { pageClaimsContract } from '../contracts/page-claims.contract.ts';
import { claimsOverSql } from '../support/claims-over.ts';
import { openTestDatabase } from '../support/embedded-database.ts';
import { currentDay, draftOf, openLedger } from '../support/open-ledger.ts';
import { PgBouncer } from '../support/pgbouncer.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { expectHealth, openServerDatabase, UNAVAILABLE } from '../support/server-database.ts';

const { programs } = inject('postgres')!;
const POOL_SIZE = 4;

let server: PostgresServer;
let pooler: PgBouncer;
beforeAll(async () => {
  server = await PostgresServer.start({ programs });
  const { port: serverPort } = server;
  pooler = await PgBouncer.start(programs.pgbouncer, { serverPort, poolSize: POOL_SIZE });
});
afterAll(async () => {
  await pooler.remove();
  await server.remove();
});

async function createDatabase(): Promise<string> {
  return server.url(await server.createDatabase(), { port: pooler.port });
}

pageClaimsContract(
  'rows in PostgreSQL behind PgBouncer',
  claimsOverSql(async () => openTestDatabase(await createDatabase())),
);

describe('behind PgBouncer, which changes the connection with each transaction', () => {
  it('it is migrated, read and written, and no lock stays with a connection', async () => {
    const name = await server.createDatabase();
    const url = server.url(name, { port: pooler.port });
    const [opened, another] = [openServerDatabase(url), openServerDatabase(url)];
    await opened.useAllConnections();
    await Promise.all([opened.database.migrate(), another.database.migrate()]);
    const locks = await server.asOwner("select 1 from pg_locks where locktype = 'advisory'");
    expect(locks).toEqual([]);
    await expectHealth(opened);
  });

  it('no setting of a transaction stays with its connection', async () => {
    const { database } = openServerDatabase(await createDatabase());
    const timeout = async () => {
      const { rows } = await database.run((queries) =>
        sql<{ statement_timeout: string }>`show statement_timeout`.execute(queries),
      );
      return rows[0]?.statement_timeout;
    };
    await database.transaction((transaction) => sql`select 1`.execute(transaction));
    const all = await Promise.all(Array.from({ length: POOL_SIZE }, timeout));
    expect(new Set(all)).toEqual(new Set(['0']));
  });

  it('K1: 20 processes that race for 7 units get exactly those', async () => {
    const url = await createDatabase();
    await openServerDatabase(url).database.migrate();
    const ledgers = Array.from({ length: 20 }, () => openLedger(url, { dailyLimit: 7 }));
    const calls = ledgers.flatMap((ledger) =>
      Array.from({ length: 5 }, () => ledger.reserve(draftOf(currentDay(), 34_000))),
    );
    const granted = (await Promise.all(calls)).filter((each) => each !== undefined);
    await Promise.all(ledgers.map((ledger) => ledger.close()));
    expect(granted).toHaveLength(7);
  });

  it('D1: a server that is away is unavailable, and works again once it is back', async () => {
    const opened = openServerDatabase(await createDatabase());
    await opened.database.migrate();
    onTestFinished(() => server.start());
    await server.stop();
    await expect(opened.addMonths(['2026/01'])).rejects.toMatchObject(UNAVAILABLE);
    expect(await opened.state()).toBe('database_unavailable');
    await server.start();
    await expectHealth(opened);
  });
});
