import { randomBytes } from 'node:crypto';
import { ContainerModule } from 'inversify';
import { AdminSessions } from '../domain/admin/admin-sessions.ts';
import { FailedAttempts } from '../domain/admin/failed-attempts.ts';
import { Placements } from '../domain/placements.ts';
import type { Config } from './config.ts';
import type { Tokens } from './container.ts';

/** The admin; none in production where no token is configured. */
export function adminModule(config: Config, T: Tokens): ContainerModule {
  const { recordsPrefix } = config;
  return new ContainerModule(({ bind }) => {
    // Also where there is no admin, as there may be one later.
    bind(T.placements).toResolvedValue(
      (store, keys, clock) => new Placements({ store, keys, recordsPrefix, clock }),
      [T.store, T.keys, T.clock],
    );
    const madeToken = config.production ? undefined : randomBytes(24).toString('base64url');
    const token = config.admin.token ?? madeToken;
    if (!token) {
      bind(T.admin).toConstantValue(undefined);
      return;
    }
    bind(T.admin).toResolvedValue(
      (store, clock, journal) => ({
        sessions: new AdminSessions({
          token,
          idleMs: config.admin.sessionIdleMs,
          absoluteMs: config.admin.sessionMs,
          store,
          recordsPrefix,
          clock,
        }),
        attempts: new FailedAttempts(clock),
        journal,
        madeToken: config.admin.token ? undefined : madeToken,
      }),
      [T.store, T.clock, T.journal],
    );
  });
}
