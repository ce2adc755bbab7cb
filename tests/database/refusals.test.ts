import { open as openFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { PostgresServer } from '../support/postgres-server.ts';
import { expectHealth, openServerDatabase, UNAVAILABLE } from '../support/server-database.ts';
import { canMount, mountedDisk } from '../support/small-disk.ts';

const MONTHS = ['2026/01', '2026/02'];
const { programs } = inject('postgres')!;

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start({ programs, settings: { max_connections: '12' } });
});
afterAll(() => server.remove());

async function open(on = server) {
  const name = await on.createDatabase();
  const opened = openServerDatabase(on.url(name));
  await opened.database.migrate();
  return { name, opened };
}

/** A connection of another program. */
async function connect(name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.url(name) });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** @returns what ends it again */
async function setReadOnly(): Promise<() => Promise<void>> {
  const setting = 'default_transaction_read_only';
  const change = async (text: string) => {
    await server.asOwner(text);
    await server.asOwner('select pg_reload_conf()');
  };
  const end = () => change(`alter system reset ${setting}`);
  onTestFinished(end);
  await change(`alter system set ${setting} = on`);
  return end;
}

/** Writes a file until nothing more fits. */
async function fill(file: string): Promise<void> {
  const handle = await openFile(file, 'w');
  try {
    for (const piece of [2 ** 20, 2 ** 12]) {
      const bytes = Buffer.alloc(piece);
      while (await handle.write(bytes).then(({ bytesWritten }) => bytesWritten === piece, isFull));
    }
  } finally {
    await handle.close();
  }
}

function isFull(error: NodeJS.ErrnoException): false {
  if (error.code !== 'ENOSPC') throw error;
  return false;
}

describe('D2: a server that is read-only', () => {
  it('by a setting, refuses each write and check, answers reads, and is well again', async () => {
    const { opened } = await open();
    await opened.useAllConnections();
    const endReadOnly = await setReadOnly();
    await expect.poll(() => opened.state()).toBe('database_unavailable');
    await expect(opened.addMonths(MONTHS)).rejects.toMatchObject(UNAVAILABLE);
    expect(await opened.months()).toEqual([]);
    await endReadOnly();
    await expectHealth(opened);
  });

  it('as a standby since a failover, is unavailable until it is promoted', async () => {
    const { opened } = await open();
    await opened.addMonths(MONTHS);
    await server.demote();
    await expect.poll(() => opened.months()).toEqual(MONTHS);
    expect(await opened.state()).toBe('database_unavailable');
    await expect(opened.addMonths(['2026/03'])).rejects.toMatchObject(UNAVAILABLE);
    await server.asOwner('select pg_promote()');
    await expectHealth(opened, MONTHS);
  });
});

describe('D3: a server without a free connection', () => {
  it('is unavailable until another program closes one', async () => {
    const { name, opened } = await open();
    await opened.database.close();
    const free = 12 - 3;
    const others = await Promise.all(Array.from({ length: free }, () => connect(name)));
    const late = openServerDatabase(server.url(name));
    await expect(late.addMonths(MONTHS)).rejects.toMatchObject({
      ...UNAVAILABLE,
      cause: { code: '53300' },
    });
    await Promise.all(others.map((client) => client.end()));
    await expectHealth(late);
  });
});

describe('D2: a lock that another program keeps', () => {
  it('ends the waiting transaction in time, which changes nothing', async () => {
    const { name, opened } = await open();
    const other = await connect(name);
    await other.query('begin; lock table budget_months');
    await expect(opened.addMonths(MONTHS)).rejects.toMatchObject({
      ...UNAVAILABLE,
      cause: { code: expect.stringMatching(/^(55P03|57014)$/) },
    });
    await other.query('commit');
    await expectHealth(opened);
  });

  it('ends a single statement in time', async () => {
    const { name, opened } = await open();
    const other = await connect(name);
    await other.query('begin; lock table budget_months');
    await expect(opened.months()).rejects.toMatchObject(UNAVAILABLE);
    await other.query('commit');
    await expectHealth(opened);
  });
});

describe.skipIf(!canMount())('D7: a full disk', () => {
  it('refuses what would take space, halves nothing, and all is well once there is some', async () => {
    const disk = await mountedDisk('size=64m');
    const small = await PostgresServer.start({ programs, data: join(disk, 'data') });
    onTestFinished(() => small.remove());
    const { opened } = await open(small);
    const ballast = join(disk, 'ballast');
    await fill(ballast);
    await expect(opened.addMonths(MONTHS)).rejects.toMatchObject({
      ...UNAVAILABLE,
      cause: { code: '53100' },
    });
    expect(await opened.months()).toEqual([]);
    await rm(ballast);
    await expectHealth(opened);
  });

  it('under the log of writes stops the server, which keeps all that it confirmed', async () => {
    const disk = await mountedDisk('size=16m');
    const small = await PostgresServer.start({ programs, wal: join(disk, 'wal') });
    onTestFinished(() => small.remove());
    const { opened } = await open(small);
    const ballast = join(disk, 'ballast');
    await fill(ballast);
    const confirmed: string[] = [];
    const addUntilFull = async () => {
      for (let year = 3000; year < 10_000; year += 1) {
        await opened.addMonths([`${year}/01`, `${year}/02`]);
        confirmed.push(`${year}/01`, `${year}/02`);
      }
    };
    await expect(addUntilFull()).rejects.toMatchObject(UNAVAILABLE);
    await rm(ballast);
    await small.start();
    await expect.poll(() => opened.state()).toBe('ok');
    const kept = await opened.months();
    expect(kept.slice(0, confirmed.length)).toEqual(confirmed);
    // The last commit may be on the disk although its answer was an error, but no half of it.
    expect(kept.length % 2).toBe(0);
    await expectHealth(opened, kept);
  });
});
