import type { Permissions, ServerProbe } from '../../../../adapters/postgres/probe.ts';
import type { Check } from '../../check.ts';
import { failure, ok, type Verdict, warning } from '../../finding.ts';
import { missingOn } from './migrations.ts';

/** Checks that the user may create the tables, or that they exist and it may use them. */
export function permissions(probe: ServerProbe): Check {
  return {
    name: 'permissions',
    needs: 'database',
    run: async () => [verdictOn(await probe.permissions(), await missingOn(probe))],
  };
}

function verdictOn(
  { schema, canCreate, forbidden }: Permissions,
  missing: readonly string[],
): Verdict {
  if (schema === null) {
    return failure(
      'The user may use none of the schemas in its search_path, or there are none, so tables have no place.',
      'Create the schema, run GRANT USAGE, CREATE ON SCHEMA … TO the user, or correct search_path with ALTER ROLE … SET search_path.',
    );
  }
  if (!canCreate && missing.length > 0) {
    return failure(
      `The user may not create tables in the schema ${schema}.`,
      `As the owner of the database, run GRANT USAGE, CREATE ON SCHEMA ${schema} TO the user. Or run db migrate as a user who may.`,
    );
  }
  if (forbidden.length > 0) {
    return failure(
      `The user may not read and write these tables: ${forbidden.join(', ')}.`,
      `As their owner, run GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO the user.`,
    );
  }
  if (canCreate) return ok(`The user may create tables in the schema ${schema}.`);
  return warning(
    `All tables exist, but the user may not create tables in the schema ${schema}. A later version may need new ones.`,
    'Before each update, run db migrate as a user who may create tables.',
  );
}
