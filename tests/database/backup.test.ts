import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { recordingTerminal } from '../support/doctors-patient.ts';
import { PostgresServer } from '../support/postgres-server.ts';

const { programs } = inject('postgres')!;

async function command(args: string[], env: Record<string, string>): Promise<string> {
  const { terminal, written } = recordingTerminal();
  expect([await run(args, env, terminal), written.err]).toEqual([0, '']);
  return written.out;
}

it('keys move from the embedded database to a server by a backup, and back', async () => {
  const server = await PostgresServer.start({ programs });
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-move-'));
  onTestFinished(async () => {
    await server.remove();
    await rm(folder, { recursive: true });
  });
  const embedded = { DATA_DIR: path.join(folder, 'one') };
  const onServer = { ...embedded, DATABASE_URL: server.url(await server.createDatabase()) };
  const another = { DATA_DIR: path.join(folder, 'another') };
  const [there, back] = [path.join(folder, 'there.gz'), path.join(folder, 'back.gz')];
  for (const name of ['CI', 'laptop']) {
    await command(['keys', 'create', '--account', 'blog', '--name', name, '--json'], embedded);
  }
  const keys = await command(['keys', 'list', '--json'], embedded);
  await command(['db', 'backup', there], embedded);
  await command(['db', 'restore', there], onServer);
  expect(JSON.parse(await command(['keys', 'list', '--json'], onServer))).toEqual(JSON.parse(keys));
  await command(['db', 'backup', back], onServer);
  await command(['db', 'restore', back], another);
  expect(JSON.parse(await command(['keys', 'list', '--json'], another))).toEqual(JSON.parse(keys));
});
