import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';

/** Asks services for `/health` over and over; `health-prober.ts` starts it and tells it which. */

/** One look at one service. */
export interface Probe {
  name: string;
  /** Milliseconds since the epoch, when it began. */
  at: number;
  /** How long the answer took. */
  ms: number;
  failed: boolean;
}

type Message = { watch: string; url: string } | { ignore: string } | { report: true };

const PERIOD_MS = 100;
const TIMEOUT_MS = 30_000;
const probes: Probe[] = [];
/** Ends what looks at a service. */
const watched = new Map<string, () => void>();

function watch(name: string, url: string): void {
  watched.get(name)?.();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let isOver = false;
  const look = async () => {
    const [at, started] = [Date.now(), performance.now()];
    const failed = await isHealthy(url, agent).then(
      (healthy) => !healthy,
      () => true,
    );
    if (isOver) return;
    const ms = performance.now() - started;
    probes.push({ name, at, ms, failed });
    setTimeout(look, Math.max(0, PERIOD_MS - ms));
  };
  watched.set(name, () => {
    isOver = true;
    agent.destroy();
  });
  void look();
}

async function isHealthy(url: string, agent: Agent): Promise<boolean> {
  const request = get(`${url}/health`, { agent, timeout: TIMEOUT_MS });
  request.once('timeout', () => request.destroy());
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  await response.resume().toArray();
  return response.statusCode === 200;
}

process.on('message', (message: Message) => {
  if ('watch' in message) watch(message.watch, message.url);
  else if ('ignore' in message) watched.get(message.ignore)?.();
  process.send?.('report' in message ? probes : 'done');
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
