import { expect, inject, it, onTestFinished } from 'vitest';
import { connectDatabase } from '../../src/app/container/open-database.ts';
import { findingsOf } from '../support/doctors-patient.ts';
import { PostgresServer } from '../support/postgres-server.ts';

const { programs } = inject('postgres')!;
const LOCAL = { IMAGE_STORE: 'memory', IMAGE_GENERATOR: 'sketch', GEO_LOCATOR: 'none' };
const TIMES = { maxConnections: 1, connectTimeoutMs: 20_000, statementTimeoutMs: 20_000 };

it('a database that cannot store every character is refused at the start, and by the doctor', async () => {
  const server = await PostgresServer.start({ programs });
  onTestFinished(() => server.remove());
  await server.asOwner(
    `create database latin owner cafe encoding 'LATIN1' template template0 locale 'C'`,
  );
  const url = server.url('latin');
  await expect(
    connectDatabase({ kind: 'server', url, ...TIMES }, { notice: () => {} }),
  ).rejects.toThrow(/DATABASE_URL cannot be used: it has the encoding LATIN1/);
  const { findings } = await findingsOf({ ...LOCAL, DATABASE_URL: url });
  expect(findings.find(({ check }) => check === 'database-version')).toMatchObject({
    status: 'failure',
    message: expect.stringContaining('LATIN1'),
  });
});
