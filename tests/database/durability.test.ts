import { expect, inject, it, onTestFinished } from 'vitest';
import { openTestDatabase } from '../support/embedded-database.ts';
import { currentDay, draftOf, openLedger } from '../support/open-ledger.ts';
import { PostgresServer } from '../support/postgres-server.ts';

const { programs } = inject('postgres')!;

/** It confirms a commit before it has written it, and here it writes every ten seconds. */
const LAZY = { synchronous_commit: 'off', wal_writer_delay: '10s' };

it('D4: a reservation survives the crash of a server that confirms commits too early', async () => {
  const server = await PostgresServer.start({ programs, settings: LAZY });
  onTestFinished(() => server.remove());
  const url = server.url(await server.createDatabase());
  await (await openTestDatabase(url)).close();
  // A clean stop writes all of it.
  await server.stop();
  await server.start();

  const before = openLedger(url, { dailyLimit: 1 });
  expect(await before.reserve(draftOf(currentDay(), 1))).toBeDefined();
  await server.kill();
  await before.close();
  await server.start();
  const after = openLedger(url, { dailyLimit: 1 });
  onTestFinished(() => after.close());
  expect(await after.reserve(draftOf(currentDay(), 1))).toBeUndefined();
});
