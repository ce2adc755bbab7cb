/**
 * Many readers who ask for one page at the same moment, each on a connection of its own. Connects all
 * of them first, a few at a time, because how fast connections are accepted is not what is asked.
 *
 * Arguments: URL, readers. Prints what came back as one line of JSON.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { requestFor } from './request.ts';

const CONNECTING_AT_ONCE = 100;
const [target = '', count = '1'] = process.argv.slice(2);
const { hostname, port } = new URL(target);
const { method, path, headers, body } = requestFor(0);
const lines = Object.entries({ Host: hostname, ...headers, 'Content-Length': body.length });
const request = `${method} ${path} HTTP/1.1\r\n${lines
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')}\r\n${body}`;

const sockets: Socket[] = [];
while (sockets.length < Number(count)) {
  const some = Math.min(CONNECTING_AT_ONCE, Number(count) - sockets.length);
  const opened = Array.from({ length: some }, () => connect(Number(port), hostname));
  await Promise.all(opened.map((socket) => once(socket, 'connect')));
  sockets.push(...opened);
}

let failures = 0;
let lastAt = 0;
const answered = sockets.map(
  (socket) =>
    new Promise<void>((resolve) => {
      let answer = '';
      socket.setEncoding('latin1').on('data', (text: string) => {
        answer += text;
        // The body is one object of JSON and ends with it.
        if (answer.endsWith('}')) socket.destroy();
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        if (!answer.startsWith('HTTP/1.1 200 ') || !answer.includes('{"url":')) failures += 1;
        lastAt = Date.now();
        resolve();
      });
    }),
);
for (const socket of sockets) socket.write(request);
await Promise.all(answered);
process.stdout.write(`${JSON.stringify({ failures, lastAt })}\n`);
