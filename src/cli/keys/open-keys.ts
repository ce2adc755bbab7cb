import { FolderInUse } from '../../adapters/postgres/folder-lock.ts';
import { loadConfig } from '../../app/config/config.ts';
import { AdminApi } from '../admin-api.ts';
import { openConfigured } from '../database/open-configured.ts';
import { baseUrl, type Env } from '../options.ts';
import { CommandError, type Terminal } from '../terminal.ts';
import { DatabaseKeys } from './database-keys.ts';
import type { KeyDesk } from './key-desk.ts';
import { ServiceKeys } from './service-keys.ts';

/**
 * Opens the keys: those of the named service, else those of the configured database. If a running
 * service has the embedded database open, it is asked instead.
 *
 * @param service `undefined` if the user named none
 * @throws ConfigError; CommandError if the keys cannot be opened
 */
export async function openKeys(
  service: string | undefined,
  env: Env,
  terminal: Terminal,
): Promise<KeyDesk> {
  const token = env.ADMIN_TOKEN;
  if (service !== undefined) {
    if (!token) throw new CommandError('Set ADMIN_TOKEN to the admin token of the service.');
    return new ServiceKeys(new AdminApi(service, token));
  }
  const opened = await openConfigured(env, terminal).catch((error: unknown) => {
    if (error instanceof FolderInUse) return error;
    throw error;
  });
  if (!(opened instanceof FolderInUse)) return DatabaseKeys.open(opened);
  const running = runningService(env);
  if (!token) throw new CommandError(waysOut(opened, running));
  terminal.complain(
    `${opened.message}. Asking the service at ${running}; --service names another.\n`,
  );
  return new ServiceKeys(new AdminApi(running, token));
}

/** Where the service with this environment is reached. */
function runningService(env: Env): string {
  const configured = env.BYTESIZED_CAFE_API_URL;
  return configured ? baseUrl(configured) : `http://localhost:${loadConfig(env).port}`;
}

function waysOut({ message, pid }: FolderInUse, running: string): string {
  const stop = pid === undefined ? 'Stop that process' : `Stop process ${pid}`;
  return `${message}, and ADMIN_TOKEN is not set. Do one of these:
  - Set ADMIN_TOKEN to the admin token of that service, and --service to its URL unless it is
    ${running}. In local development, the service prints its token when it starts.
  - ${stop}, and run the command again.`;
}
