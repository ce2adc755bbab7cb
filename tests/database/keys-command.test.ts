import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { recordingTerminal } from '../support/doctors-patient.ts';
import { PostgresServer } from '../support/postgres-server.ts';

const { programs } = inject('postgres')!;

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start({ programs });
});
afterAll(() => server.remove());

async function command(args: readonly string[], env: Record<string, string>) {
  const { terminal, written } = recordingTerminal();
  const code = await run(args, env, terminal);
  return { code, ...written };
}

describe('the keys command on a server', () => {
  it('leaves a database without its tables alone, and says how to get them', async () => {
    const env = { DATABASE_URL: server.url(await server.createDatabase()) };
    const refused = await command(['keys', 'list'], env);
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toContain('Start the service once, or run "db migrate".');
    await command(['db', 'migrate'], env);
    const made = await command(['keys', 'create', '--account', 'blog', '--json'], env);
    expect(JSON.parse(made.out)).toMatchObject({ account: 'blog', scopes: ['generate', 'read'] });
    const { out } = await command(['keys', 'list', '--json'], env);
    expect(JSON.parse(out).keys).toHaveLength(1);
  });

  it('names the variable of one that does not respond, and not its password', async () => {
    const DATABASE_URL = 'postgres://cafe:canary@127.0.0.1:1/cafe';
    const { code, err } = await command(['keys', 'list'], { DATABASE_URL });
    expect(code).toBe(1);
    expect(err).toContain('DATABASE_URL');
    expect(err).not.toContain('canary');
  });
});
