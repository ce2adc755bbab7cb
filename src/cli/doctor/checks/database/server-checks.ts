import type { ServerProbe } from '../../../../adapters/postgres/probe.ts';
import type { Check } from '../../check.ts';
import { databaseClock } from './clock.ts';
import { connections } from './connections.ts';
import { migrations } from './migrations.ts';
import { permissions } from './permissions.ts';
import { pooler } from './pooler.ts';
import { reachable } from './reachable.ts';
import { version, writable } from './server-state.ts';
import { tls } from './tls.ts';

/** Everything that can be checked of a server without changing it. */
export function serverChecks(
  probe: ServerProbe,
  { maxConnections }: { maxConnections: number },
): Check[] {
  return [
    reachable(probe),
    version(probe),
    writable(probe),
    permissions(probe),
    migrations(probe),
    pooler(probe),
    tls(probe),
    databaseClock(probe),
    connections(probe, maxConnections),
  ];
}
