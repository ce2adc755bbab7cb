import type { ServerProbe } from '../../../../adapters/postgres/probe.ts';
import type { Check } from '../../check.ts';
import { ok, type Verdict, warning } from '../../finding.ts';

/** Compares the migrations of the server with those of this version. */
export function migrations(probe: ServerProbe): Check {
  return {
    name: 'migrations',
    needs: 'database',
    run: async () => [migrationVerdict(probe.migrations, await probe.ranMigrations())],
  };
}

/** The migrations that have not run yet. */
export async function missingOn(probe: ServerProbe): Promise<string[]> {
  const ran = await probe.ranMigrations();
  return probe.migrations.filter((name) => !ran.includes(name));
}

export function migrationVerdict(known: readonly string[], ran: readonly string[]): Verdict {
  const newer = ran.filter((name) => !known.includes(name));
  if (newer.length > 0) {
    return warning(
      `A newer version of the service has changed the tables: ${newer.join(', ')}.`,
      'Run the newest version that was deployed, also for this command.',
    );
  }
  const missing = known.filter((name) => !ran.includes(name));
  if (missing.length === 0) return ok(`All ${known.length} migrations have run.`);
  return warning(
    `These migrations have not run: ${missing.join(', ')}.`,
    'Start the service, which runs them, or run db migrate.',
  );
}
