import type { TestProject } from 'vitest/node';
import { PostgresServer } from './postgres-server.ts';
import { findPostgres, sayMissing } from './real-services.ts';

/** Before the groups that need PostgreSQL: one server, on which each file has a database of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const programs = await findPostgres();
  if (!programs) throw new Error(sayMissing('postgres'));
  const server = await PostgresServer.start({ programs });
  project.provide('postgres', {
    programs,
    ownersUrl: server.url('postgres', { user: 'postgres' }),
  });
  return () => server.remove();
}
