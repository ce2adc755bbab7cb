import { resolve } from 'node:path';
import type { DatabaseConfig } from '../../../../app/config/database-config.ts';
import type { Check } from '../../check.ts';
import { ok } from '../../finding.ts';

export interface DatabaseChecks {
  checks: Check[];
  close(): Promise<void>;
}

/** The checks of a configured database. Loads the code of a server only if there is one. */
export async function databaseChecks(config: DatabaseConfig | undefined): Promise<DatabaseChecks> {
  if (config === undefined) return { checks: [], close: async () => {} };
  if (config.kind === 'embedded') {
    return { checks: [await embedded(config.folder)], close: async () => {} };
  }
  const { ServerProbe } = await import('../../../../adapters/postgres/probe.ts');
  const { serverChecks } = await import('./server-checks.ts');
  const probe = new ServerProbe(config);
  return { checks: serverChecks(probe, config), close: () => probe.close() };
}

async function embedded(folder: string | undefined): Promise<Check> {
  if (folder === undefined) return inMemory();
  const { embeddedFolder } = await import('./folder.ts');
  return embeddedFolder(resolve(folder));
}

function inMemory(): Check {
  return {
    name: 'database',
    run: async () => [
      ok('The embedded database is in memory, because IMAGE_STORE is, and ends with the service.'),
    ],
  };
}
