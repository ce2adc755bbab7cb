import type { ServerProbe } from '../../../../adapters/postgres/probe.ts';
import type { Check } from '../../check.ts';
import { failure, ok, skipped, type Verdict, warning } from '../../finding.ts';

/** A new replica starts before the old one stops. */
const REPLICAS_DURING_DEPLOYMENT = 2;

/** Checks that the server has enough connections for the replicas. */
export function connections(probe: ServerProbe, maxConnections: number): Check {
  return {
    name: 'connections',
    needs: 'database',
    async run() {
      // Clients of such a pooler are not clients of the server.
      const pooling = await probe.pooling();
      if (pooling === 'transaction' || pooling === 'statement') {
        return [
          skipped(
            'A pooler shares the connections of the server, so its own limit for clients counts.',
          ),
        ];
      }
      return [verdictOn(await probe.connections(), maxConnections)];
    },
  };
}

function verdictOn(
  { max, used, own }: { max: number; used: number; own: number },
  perReplica: number,
): Verdict {
  const free = Math.max(0, max - used);
  // Those of this service are free again when its replicas stop.
  const replicas = Math.floor((free + own) / perReplica);
  const message = `The server has ${free} of ${max} connections left, and this service uses ${own}. With DATABASE_MAX_CONNECTIONS=${perReplica}, that is enough for ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}.`;
  const remedy =
    'Lower DATABASE_MAX_CONNECTIONS, raise max_connections on the server, or use a transaction pooler.';
  if (replicas < 1) return failure(message, remedy);
  if (replicas < REPLICAS_DURING_DEPLOYMENT) {
    return warning(`${message} A deployment runs two for a while.`, remedy);
  }
  return ok(message);
}
