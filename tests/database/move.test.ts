import { expect, inject, it, onTestFinished } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { recordingTerminal } from '../support/doctors-patient.ts';
import { openTestCafe } from '../support/open-test-cafe.ts';
import { PostgresServer } from '../support/postgres-server.ts';

const { programs } = inject('postgres')!;

async function openServer(): Promise<PostgresServer> {
  const server = await PostgresServer.start({ programs });
  onTestFinished(() => server.remove());
  return server;
}

/** Runs a command with the settings of a service, and returns what it printed. */
async function command(args: string[], env: Record<string, string>): Promise<string> {
  const { terminal, written } = recordingTerminal();
  expect(await run(args, env, terminal)).toBe(0);
  return written.out;
}

it('a running cafe moves from its bucket to a database, and today’s budget stays right', async () => {
  const server = await openServer();
  const DATABASE_URL = server.url(await server.createDatabase());
  const budget = { DAILY_GENERATION_BUDGET: '5' };
  const before = await openTestCafe({ env: budget });
  for (const path of ['/posts/a', '/posts/b']) await before.ask(path);
  const env = { ...before.environment, DATABASE_URL };
  expect(await command(['db', 'import-records'], env)).toContain('2 generations, 2 pages');

  // Both run for a while, as in a rolling deployment.
  await before.ask('/posts/c');
  const after = await openTestCafe({ beside: before, env: { ...budget, DATABASE_URL } });
  const pages = Array.from({ length: 6 }, (_, n) => after.ask(`/posts/new-${n}`));
  await Promise.all(pages);
  expect(before.openai.journal).toHaveLength(5);
  expect((await after.ask('/posts/a')).body).toEqual((await before.ask('/posts/a')).body);

  expect(await command(['db', 'import-records'], env)).toContain('1 generations, 1 pages');
  const spent = JSON.parse(await command(['costs', '--json'], env));
  expect(spent.today.pictures).toBe(5);
});
