import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { expiredCertificate } from '../support/expired-certificate.ts';
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
  const name = await server.createDatabase();
  const opened = openServerDatabase(server.url(name));
  await opened.database.migrate();
  return { name, opened };
}

/** Ends the connections that other processes have to a database. */
async function killConnectionsTo(name: string): Promise<void> {
  await server.asOwner(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = '${name}' and pid <> pg_backend_pid()`);
}

describe('D1: a server that is away', () => {
  it('is an error of the first query, whatever it is, and nothing more once it is back', async () => {
    const { opened } = await open();
    await server.stop();
    onTestFinished(() => server.start());
    await expect(opened.months()).rejects.toMatchObject(UNAVAILABLE);
    await expect(opened.addMonths(MONTHS)).rejects.toMatchObject(UNAVAILABLE);
    await expect(opened.database.check()).rejects.toMatchObject(UNAVAILABLE);
    await server.start();
    await expectHealth(opened);
  });

  it.each([
    ['of a name that no one knows', 'postgres://cafe@database.invalid/x'],
    ['at a port that no one listens at', 'postgres://cafe@127.0.0.1:1/x'],
    ['at two addresses that no one listens at', 'postgres://cafe@localhost:1/x'],
  ])('%s is as unavailable', async (_, url) => {
    expect(await openServerDatabase(url).state()).toBe('database_unavailable');
  });

  it.each([
    ['without this database', () => server.url('no_such_database')],
    ['without this user', () => server.url('postgres', { user: 'stranger' })],
    ['without TLS that is required', () => `${server.url('postgres')}?sslmode=verify-full`],
  ])('%s is as unavailable', async (_, url) => {
    expect(await openServerDatabase(url()).state()).toBe('database_unavailable');
  });
});

describe('D1: a server with a certificate that is not trusted', () => {
  it('is as unavailable', async () => {
    const encrypted = await PostgresServer.start({ programs, tls: expiredCertificate() });
    onTestFinished(() => encrypted.remove());
    const state = (sslmode: string) =>
      openServerDatabase(`${encrypted.url('postgres')}?sslmode=${sslmode}`).state();
    expect(await state('verify-full')).toBe('database_unavailable');
    expect(await state('no-verify')).toBe('ok');
  });
});

describe('D1: a server that goes', () => {
  it('leaves no half of a transaction, and all is well at its return', async () => {
    const { opened } = await open();
    onTestFinished(() => server.start());
    const stopped = opened.addMonths(['2025/01', '2025/02'], () => server.stop());
    await expect(stopped).rejects.toMatchObject(UNAVAILABLE);
    await server.start();
    await expectHealth(opened);
  });

  it('forgets nothing that was committed when it is killed', async () => {
    const { opened } = await open();
    onTestFinished(() => server.start());
    await opened.addMonths(['2024/01', '2024/02']);
    const killed = opened.addMonths(['2025/01', '2025/02'], () => server.kill());
    // The process of a connection outlives the killed server by a moment, which may do for a commit.
    const committed = await killed.then(
      () => ['2025/01', '2025/02'],
      (error: unknown) => {
        expect(error).toMatchObject(UNAVAILABLE);
        return [];
      },
    );
    await server.start();
    await expectHealth(opened, ['2024/01', '2024/02', ...committed]);
  });
});

describe('D2: a connection', () => {
  it('that is killed in mid-transaction leaves no half of it', async () => {
    const { name, opened } = await open();
    const killed = opened.addMonths(['2025/01', '2025/02'], () => killConnectionsTo(name));
    await expect(killed).rejects.toMatchObject(UNAVAILABLE);
    await expectHealth(opened);
  });

  it('that is killed while no query runs in its transaction ends that, and not the process', async () => {
    const { name, opened } = await open();
    const killed = opened.addMonths(['2025/01', '2025/02'], async () => {
      await killConnectionsTo(name);
      await expect.poll(() => server.connectionsTo(name)).toBe(0);
    });
    await expect(killed).rejects.toMatchObject(UNAVAILABLE);
    await expectHealth(opened);
  });

  it('that is killed while it is idle is told of, and replaced', async () => {
    const { name, opened } = await open();
    await opened.useAllConnections();
    await killConnectionsTo(name);
    await expect.poll(() => opened.notices.length).toBe(4);
    await expectHealth(opened);
  });
});
