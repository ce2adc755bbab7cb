import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { FaultProxy, type Weather } from '../support/fault-proxy.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { expectHealth, openServerDatabase, UNAVAILABLE } from '../support/server-database.ts';

const MONTHS = ['2026/01', '2026/02'];
const { programs } = inject('postgres')!;

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start({ programs });
});
afterAll(() => server.remove());

async function open() {
  const proxy = await FaultProxy.before(`http://127.0.0.1:${server.port}`);
  const name = await server.createDatabase();
  const opened = openServerDatabase(server.url(name, { port: Number(new URL(proxy.url).port) }));
  onTestFinished(() => proxy.close());
  await opened.database.migrate();
  return { proxy, name, opened };
}

const BAD: [string, Weather][] = [
  ['goes silent', { kind: 'black hole' }],
  ['takes all and answers nothing', { kind: 'mute' }],
  ['breaks each connection', { kind: 'reset', of: 'answer', afterBytes: 0 }],
  ['refuses each connection', { kind: 'refuse' }],
];

describe('D2: a network that', () => {
  it.each(BAD)(
    '%s lets no query wait for long, and is forgotten once it is over',
    async (_, weather) => {
      const { proxy, name, opened } = await open();
      await opened.useAllConnections();
      await proxy.set(weather);
      // As many as there are connections, and more.
      const queries = await Promise.allSettled(Array.from({ length: 6 }, () => opened.months()));
      const refused = { status: 'rejected', reason: expect.objectContaining(UNAVAILABLE) };
      expect(queries).toEqual(Array(6).fill(refused));
      expect(await opened.state()).toBe('database_unavailable');
      await proxy.pass();
      await expectHealth(opened);
      await expect.poll(() => server.connectionsTo(name)).toBeLessThanOrEqual(4);
    },
  );

  it.each(BAD)('%s in mid-transaction leaves no half of it', async (_, weather) => {
    const { proxy, opened } = await open();
    const cut = opened.addMonths(MONTHS, () => proxy.set(weather));
    await expect(cut).rejects.toMatchObject(UNAVAILABLE);
    await proxy.pass();
    await expectHealth(opened);
  });

  it('swallows a process in mid-transaction does not let others wait for its locks for long', async () => {
    const { proxy, name, opened } = await open();
    const other = openServerDatabase(server.url(name));
    const lost = opened.addMonths(MONTHS, () => proxy.set({ kind: 'black hole' }));
    await expect(lost).rejects.toMatchObject(UNAVAILABLE);
    const add = () => other.addMonths(MONTHS).then(() => 'added', String);
    await expect.poll(add).toBe('added');
    await proxy.pass();
    expect(await other.months()).toEqual(MONTHS);
  });
});
