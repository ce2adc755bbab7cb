import type { Pooling, ServerProbe } from '../../../../adapters/postgres/probe.ts';
import type { Check } from '../../check.ts';
import { failure, ok, type Verdict } from '../../finding.ts';

const VERDICTS: Readonly<Record<Pooling, Verdict>> = {
  none: ok('The service connects to the server directly.'),
  session: ok(
    'A proxy or session pooler is in front of the server. It keeps a connection for each of the service’s, which works.',
  ),
  transaction: ok(
    'A transaction pooler is in front of the server, which works: the service keeps nothing in a session.',
  ),
  statement: failure(
    'A statement pooler is in front of the server. It refuses transactions, so no picture can be reserved and no migration can run.',
    'Set the pooler to pool_mode = transaction, or use its port for transactions or sessions.',
  ),
};

/** Reports which kind of pooler is between the service and the server, if any. */
export function pooler(probe: ServerProbe): Check {
  return {
    name: 'pooler',
    needs: 'database',
    run: async () => [VERDICTS[await probe.pooling()]],
  };
}
