import { join } from 'node:path';
import type { Environment } from './environment.ts';

export type DatabaseConfig =
  | {
      kind: 'server';
      url: string;
      maxConnections: number;
      connectTimeoutMs: number;
      statementTimeoutMs: number;
    }
  /** Without a folder, it is in memory and ends with the process. */
  | { kind: 'embedded'; folder: string | undefined };

/** The database, and what uses it. */
export function databaseConfig(env: Environment, production: boolean) {
  const database = chosenDatabase(env, production);
  return {
    /** Absent if nothing uses one. */
    database,
    /** The API with accounts. */
    hasStudio: hasStudio(env, production),
    /** Budget, claims and history are kept in the database instead of the image store. */
    isLedgerInDatabase:
      (env.BUDGET_LEDGER ?? (database?.kind === 'server' ? 'postgres' : 'object-store')) ===
      'postgres',
    /**
     * The file with the API key that development prints. Absent in production, and if the database
     * is in memory only.
     */
    developmentKeyFile:
      production || database === undefined || isVanishing(database)
        ? undefined
        : join(dataFolder(env), 'development-key'),
    /** `STUDIO` was set, so a studio that cannot be opened is an error. */
    isStudioSet: env.STUDIO !== undefined,
  };
}

function chosenDatabase(env: Environment, production: boolean): DatabaseConfig | undefined {
  if (env.DATABASE_URL) {
    return {
      kind: 'server',
      url: env.DATABASE_URL.url,
      maxConnections: env.DATABASE_MAX_CONNECTIONS,
      connectTimeoutMs: env.DATABASE_CONNECT_TIMEOUT_MS,
      statementTimeoutMs: env.DATABASE_STATEMENT_TIMEOUT_MS,
    };
  }
  if (!hasStudio(env, production)) return undefined;
  const folder = isInMemory(env) ? undefined : join(dataFolder(env), 'database');
  return { kind: 'embedded', folder };
}

function isVanishing(database: DatabaseConfig): boolean {
  return database.kind === 'embedded' && database.folder === undefined;
}

function dataFolder({ DATA_DIR = 'data' }: Environment): string {
  return DATA_DIR;
}

/** Whether images are in memory. Then nothing else is kept after the process ends either. */
function isInMemory({ IMAGE_STORE }: Environment): boolean {
  return IMAGE_STORE === 'memory';
}

function hasStudio({ STUDIO, DATABASE_URL }: Environment, production: boolean): boolean {
  if (STUDIO !== undefined) return STUDIO === 'on';
  return !production || DATABASE_URL !== undefined;
}

/** Problems of the database's variables, one line each. */
export function databaseProblems(
  { STUDIO, DATABASE_URL, BUDGET_LEDGER }: Record<string, string>,
  production: boolean,
): string[] {
  if (DATABASE_URL) return [];
  const problems: string[] = [];
  if (production && STUDIO?.toLowerCase() === 'on') {
    problems.push('DATABASE_URL is required by STUDIO=on in production');
  }
  if (BUDGET_LEDGER?.toLowerCase() === 'postgres') {
    problems.push('DATABASE_URL is required by BUDGET_LEDGER=postgres');
  }
  return problems;
}
