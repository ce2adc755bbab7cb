import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that does nothing: what it takes to answer is what the machine takes. */
const server = createServer((_, response) => response.end('ok'));
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.on('disconnect', () => process.exit());
