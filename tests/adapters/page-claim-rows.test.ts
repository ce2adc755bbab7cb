import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { PostgresPageClaims } from '../../src/adapters/page-claims/postgres.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import type { Claim } from '../../src/domain/pages/page-claims.ts';
import { keys, LEASE_MS, NOON, newKey, requestFor } from '../contracts/page-claims.contract.ts';
import { CountedDatabase } from '../support/counted-database.ts';
import { openTestDatabase, type TestDatabase } from '../support/embedded-database.ts';

const request = requestFor('/posts/a');
const forever = new AbortController().signal;

let opened: TestDatabase;
let counted: CountedDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
  counted = new CountedDatabase(opened.database);
});
beforeEach(() => opened.empty());
afterAll(() => opened.close());

function start(database: Pick<Database, 'run'> = opened.database) {
  const clock = new ManualClock(NOON);
  const journal = new MemoryJournal();
  const claims = new PostgresPageClaims({ database, keys, clock, journal, leaseMs: LEASE_MS });
  const claim = async (datedKey = newKey()) =>
    (await claims.claim(request, datedKey, forever)) as Claim;
  return { clock, journal, claims, claim };
}

async function rows() {
  return opened.database.run((queries) => queries.selectFrom('page_notes').selectAll().execute());
}

it('a row says which page, and who makes its picture, and gets another version with each write', async () => {
  const { clock, claim } = start();
  const datedKey = newKey();
  const held = await claim(datedKey);
  const [first] = await rows();
  expect(first).toMatchObject({
    page: 'article/posts/a-france',
    note: { page: { type: 'article', path: '/posts/a' }, country: 'FR', making: [datedKey] },
  });
  await clock.advance(LEASE_MS / 3);
  await counted.settled();
  await held.release({ shown: 'the-first' });
  const [last] = await rows();
  expect(last).toMatchObject({ note: { shown: 'the-first', making: [] } });
  expect(Number(last?.version)).toBe(Number(first?.version) + 2);
});

it('a new page is claimed with one statement, and held without any', async () => {
  const { claim } = start();
  const before = counted.calls;
  const held = await claim();
  expect(counted.calls).toBe(before + 1);
  expect(await held.isHeld()).toBe(true);
  await held.release({ shown: 'the-first' });
  expect(counted.calls).toBe(before + 2);
});

it('a page that was claimed in vain leaves no row', async () => {
  const { claim } = start();
  for (const _ of [1, 2]) {
    const held = await claim();
    expect(held.isFirst).toBe(true);
    await held.release({});
    expect(await rows()).toEqual([]);
  }
});

it('a write that arrives when its row was deleted and made anew changes nothing', async () => {
  const arrival = Promise.withResolvers<void>();
  const slow = start({
    run: async (work) => {
      if (slow.clock.now() > NOON) await arrival.promise;
      return opened.database.run(work);
    },
  });
  const held = await slow.claim();
  // A renewal that hangs, as a statement on a connection that the process has given up.
  await slow.clock.advance(LEASE_MS / 3);
  await opened.database.run((queries) => queries.deleteFrom('page_notes').execute());
  await start().claim();
  const before = await rows();
  arrival.resolve();
  await held.release({});
  await counted.settled();
  expect(await rows()).toEqual(before);
});

it('a note that a hand has spoilt is reported, and the next claim writes it anew', async () => {
  const { journal, claims, claim } = start();
  await (await claim()).release({ shown: 'the-first' });
  await opened.database.run((queries) =>
    sql`update page_notes set note = '{"making": "?"}'`.execute(queries),
  );
  expect(await claims.recall(request)).toEqual({});
  expect(journal.events).toMatchObject([
    { event: 'notice', details: { key: 'article/posts/a-france' } },
  ]);
  expect((await claim()).history).toEqual({});
});

it('D1: a database that is away is an error for who claims or names, and none for who lets go', async () => {
  let isAway = false;
  const away = new Error('away');
  const { journal, claims, claim, clock } = start({
    run: async (work) => {
      if (isAway) throw away;
      return opened.database.run(work);
    },
  });
  const held = await claim();
  isAway = true;
  await expect(claim()).rejects.toBe(away);
  await expect(claims.recall(request)).rejects.toBe(away);
  await expect(held.name(newKey())).rejects.toBe(away);
  clock.jump(LEASE_MS);
  expect(await held.isHeld()).toBe(false);
  await held.release({ shown: 'the-first' });
  expect(journal.events).toContainEqual({ event: 'claim_failed', key: request.key, cause: away });
});

it('D2: a database that hangs is an error before the next renewal', async () => {
  let hangs = false;
  const { claim, clock } = start({
    run: (work) => (hangs ? new Promise(() => {}) : opened.database.run(work)),
  });
  const held = await claim();
  hangs = true;
  const named = expect(held.name(newKey())).rejects.toMatchObject({ code: 'database_unavailable' });
  await clock.advance(LEASE_MS);
  await named;
});
