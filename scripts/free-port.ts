import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems assign themselves, so that no process takes one before its service does. */
const PORTS = { first: 20_000, count: 12_000 };
let nextPort = (process.pid * 101) % PORTS.count;

/** A free port, another one at every call. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + nextPort;
    nextPort = (nextPort + 1) % PORTS.count;
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
