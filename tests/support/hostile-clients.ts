import { setTimeout as wait } from 'node:timers/promises';
import { rawConnection, rawRequest } from './raw-http.ts';

export interface HostileClients {
  /** Connections at once. */
  count: number;
  /** Milliseconds that each of them stays. */
  stayMs: number;
  /** Requests that are sent without waiting for an answer. */
  pipelined: number;
  isOver: () => boolean;
}

/** Targets that are no path, and headers that are long for a parser. */
const ODD = [
  'GET http://cafe.example/health HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
  rawRequest('/posts/0').replace('POST /', 'POST http://cafe.example/'),
  'GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
  'GET //[::1/x HTTP/1.1\r\nHost: x\r\n\r\n',
  `GET /health HTTP/1.1\r\nHost: x\r\nContent-Type: application/json${' '.repeat(15_000)}x\r\n\r\n`,
];

/**
 * Clients that ask for new pages and odd things in one go, read no answer and leave: beside others, which
 * should not notice.
 */
export async function hostileClients(
  url: string,
  { count, stayMs, pipelined, isOver }: HostileClients,
): Promise<void> {
  let asked = 0;
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (!isOver()) {
        const socket = rawConnection(url);
        socket.pause();
        for (let n = 0; n < pipelined; n += 1) {
          asked += 1;
          // One page of many, as a page that is made up buys a picture like any other.
          socket.write(asked % 5 === 0 ? rawRequest('/posts/0') : String(ODD[asked % ODD.length]));
        }
        await wait(stayMs);
        socket.destroy();
      }
    }),
  );
}
