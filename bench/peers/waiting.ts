/** What `node:http` itself takes to keep readers waiting: answers a constant after `WAIT_MS`. */
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { constantAnswer, listenOn } from './constant-answer.ts';

const { url } = constantAnswer();
const body = JSON.stringify({ url });
let waited: Promise<void> | undefined;

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end('ok');
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    JSON.parse(Buffer.concat(chunks).toString());
    // One wait for all, as a picture is.
    waited ??= wait(Number(process.env.WAIT_MS));
    await waited;
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(body);
  });
});
server.listen(listenOn());
