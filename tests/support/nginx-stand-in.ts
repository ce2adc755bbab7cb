import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Eight buffers of a page of memory, as nginx has for an answer. */
const BUFFERED_BYTES = 32_768;

/**
 * A proxy that does what nginx does with its defaults: it names the upstream in `Host`, and holds an
 * answer back, headers included, until its buffers are full or the answer is complete, unless that
 * says `X-Accel-Buffering: no`. It ends with the test.
 *
 * @param options.passesHost as with `proxy_set_header Host $http_host`
 * @param options.buffersAll as with `proxy_ignore_headers X-Accel-Buffering`
 */
export async function openNginx(
  upstream: string,
  { passesHost = false, buffersAll = false } = {},
): Promise<string> {
  const server = createServer((asked, answer) => {
    const headers = {
      ...asked.headers,
      connection: 'close',
      ...(passesHost ? {} : { host: new URL(upstream).host }),
    };
    const passed = request(new URL(asked.url ?? '/', upstream), {
      method: asked.method ?? 'GET',
      headers,
      agent: false,
    });
    passed.once('response', (given) => passOn(given, answer, buffersAll));
    passed.once('error', () => answer.destroy());
    answer.once('close', () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function passOn(given: IncomingMessage, answer: ServerResponse, buffersAll: boolean): void {
  const isBuffered = buffersAll || given.headers['x-accel-buffering'] !== 'no';
  const start = () => {
    if (!answer.headersSent) answer.writeHead(given.statusCode ?? 502, given.headers);
  };
  if (!isBuffered) {
    start();
    answer.flushHeaders();
  }
  let held: Buffer[] = [];
  let size = 0;
  given.on('data', (chunk: Buffer) => {
    held.push(chunk);
    size += chunk.length;
    if (isBuffered && size < BUFFERED_BYTES) return;
    start();
    answer.write(Buffer.concat(held));
    held = [];
  });
  given.once('error', () => answer.destroy());
  given.once('end', () => {
    start();
    answer.end(Buffer.concat(held));
  });
}
