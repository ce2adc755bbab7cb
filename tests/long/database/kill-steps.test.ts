import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { type KillStep, killOverAndOver, STORE_STEPS } from '../../support/kill-steps.ts';
import { PostgresServer } from '../../support/postgres-server.ts';
import { SqlProxy } from '../../support/sql-proxy.ts';

const CLAIM = /insert into "page_notes"/;
const RELEASE = /update "page_notes"/;
const LOCK = /insert into "budget_months"/;
const RESERVE = /insert into "generations"/;
const COMMIT = /\bcommit\b/;
const SETTLE = /update generations set/;

const sql = (statement: RegExp, isHeard: boolean, after?: RegExp) => ({
  sql: { statement, isHeard, ...(after && { after }) },
});

const STEPS: KillStep[] = [
  ...STORE_STEPS,
  ['the page is claimed, unheard', sql(CLAIM, false)],
  ['the page is claimed', sql(CLAIM, true)],
  ['the month is locked', sql(LOCK, true)],
  ['the reservation is written', sql(RESERVE, true)],
  ['the reservation is committed, unheard', sql(COMMIT, false, RESERVE)],
  ['the reservation is committed', sql(COMMIT, true, RESERVE)],
  ['the cost is written, unheard', sql(SETTLE, false)],
  ['the cost is written', sql(SETTLE, true)],
  ['the page is let go, unheard', sql(RELEASE, false)],
  ['the page is let go', sql(RELEASE, true)],
];

const { programs } = inject('postgres')!;
let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start({ programs });
});
afterAll(() => server.remove());

describe('P3, K4: with a database, killed when', () => {
  it.concurrent.each(STEPS)(
    '%s, over and over, it never buys more than its budget, and serves every page in the end',
    async (...step) => {
      const proxy = await SqlProxy.before(server.port);
      const url = server.url(await server.createDatabase(), { port: proxy.port });
      await killOverAndOver(step, { proxy, url });
      await proxy.close();
    },
    400_000,
  );
});
