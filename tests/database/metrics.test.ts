import { sql } from 'kysely';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { Database } from '../../src/adapters/postgres/database.ts';
import { serverDriver } from '../../src/adapters/postgres/node-postgres.ts';
import { CANARIES } from '../support/canaries.ts';
import { openTestCafe } from '../support/open-test-cafe.ts';
import { PostgresServer } from '../support/postgres-server.ts';

const { programs } = inject('postgres')!;

async function startServer(): Promise<PostgresServer> {
  const server = await PostgresServer.start({ programs });
  onTestFinished(() => server.remove());
  return server;
}

describe('the pool of connections', () => {
  it('tells how many are used, idle and waited for', async () => {
    const server = await startServer();
    const database = new Database(
      serverDriver({
        url: server.url(await server.createDatabase()),
        maxConnections: 1,
        connectTimeoutMs: 60_000,
        statementTimeoutMs: 60_000,
        notice: () => {},
      }),
    );
    onTestFinished(() => database.close());
    expect(database.pool()).toEqual({ inUse: 0, idle: 0, waiting: 0 });
    const [isOpen, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = database.transaction(async (transaction) => {
      await sql`select 1`.execute(transaction);
      isOpen.resolve();
      await mayEnd.promise;
    });
    await isOpen.promise;
    const second = database.version();
    await expect.poll(() => database.pool()).toEqual({ inUse: 1, idle: 0, waiting: 1 });
    mayEnd.resolve();
    await Promise.all([first, second]);
    expect(database.pool()).toEqual({ inUse: 0, idle: 1, waiting: 0 });
  });
});

describe('the metrics of a cafe with a database', () => {
  it('have the connections, and the failures once the server is away, when only known pages have a picture', async () => {
    const server = await startServer();
    const env = {
      METRICS_TOKEN: CANARIES.metricsToken,
      DATABASE_URL: server.url(await server.createDatabase()),
    };
    const cafe = await openTestCafe({ env });
    const scrape = async () => {
      const headers = { Authorization: `Bearer ${CANARIES.metricsToken}` };
      return (await cafe.send('/metrics', { headers })).body as string;
    };
    await cafe.ask('/posts/one');
    const text = await scrape();
    // The scrape itself reads the budget, so how many are in use is a matter of moments.
    const open = [
      ...text.matchAll(/^cafe_database_connections\{state="(?:in_use|idle)"\} (\d+)$/gm),
    ];
    expect(open).toHaveLength(2);
    expect(open.reduce((sum, [, count]) => sum + Number(count), 0)).toBeGreaterThan(0);
    expect(text).toMatch(/^cafe_database_waiting \d+$/m);
    await server.stop();
    const bought = cafe.openai.journal.length;
    expect((await cafe.ask('/posts/one')).status).toBe(200);
    const refused = await cafe.ask('/posts/two');
    expect(refused).toMatchObject({
      status: 503,
      body: { error: { code: 'database_unavailable' } },
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(cafe.openai.journal).toHaveLength(bought);
    expect((await cafe.send('/ready')).body).toMatchObject({ database: 'unavailable' });
    const later = await scrape();
    expect(later).toMatch(
      /^cafe_upstream_errors_total\{upstream="database",code="unavailable"\} [1-9]\d*$/m,
    );
    expect(later).toContain('cafe_upstream_state{upstream="database",state="failing"} 1');
    expect(later).not.toContain('posts');
  });
});
