import { connect, type Socket } from 'node:net';

/** A connection to a server of this machine on which bytes are sent as they are. */
export function rawConnection(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  // A server that cuts the connection is an outcome like others.
  socket.on('error', () => {});
  return socket;
}

/** A whole request for an article's picture. */
export function rawRequest(pagePath: string, headers: readonly string[] = []): string {
  const body = JSON.stringify({ context: { pagePath, pageType: 'article' } });
  const head = [
    'POST /api/cafe/generate HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Resolves when a connection is over, however it ended. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** What comes until the server closes the connection, or a quiet time has passed. */
export async function allThatComes(socket: Socket, quietMs = 10_000): Promise<string> {
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  socket.setTimeout(quietMs, () => socket.destroy());
  await closed(socket);
  return Buffer.concat(pieces).toString('latin1');
}
