import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { promisify } from 'node:util';

/** What a stand-in is at its core, whatever carries the requests to it. */
export type FetchHandler = (request: Request) => Promise<Response>;

export interface FetchServer {
  /** Without a slash at the end, such as `http://127.0.0.1:54321`. */
  url: string;
  /** How many clients are connected. */
  connections(): Promise<number>;
  /** Cuts what is still open. */
  close(): Promise<void>;
}

/**
 * Serves a handler on a real port of 127.0.0.1. `Response.error()`, and a body that fails, cut the
 * connection; a client that leaves aborts `request.signal`.
 */
export async function serveFetch(handler: FetchHandler, port = 0): Promise<FetchServer> {
  const server = createServer((incoming, outgoing) => {
    answer(handler, incoming, outgoing).catch((error: unknown) => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(500).end(`The stand-in failed: ${error}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: given } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${given}`,
    connections: () => promisify(server.getConnections.bind(server))(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  handler: FetchHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const left = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) left.abort();
  });
  const response = await handler(await requestFrom(incoming, left.signal));
  if (response.type === 'error') {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(response.status, headersFrom(response));
  if (!response.body) {
    outgoing.end();
    return;
  }
  // A failing end of either side destroys the other, which is all there is to do.
  await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing).catch(
    () => undefined,
  );
}

async function requestFrom(incoming: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const { method = 'GET', url = '/', rawHeaders } = incoming;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  }
  const bodyless = method === 'GET' || method === 'HEAD';
  const body = bodyless ? null : new Uint8Array(await buffer(incoming));
  const host = headers.get('host') ?? '127.0.0.1';
  return new Request(new URL(url, `http://${host}`), { method, headers, body, signal });
}

function headersFrom(response: Response): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  return headers;
}
