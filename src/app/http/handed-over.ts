import type { IncomingMessage } from 'node:http';

/** What became of a request before it went on to Koa, which answers it. */
export interface HandedOver {
  /** The body, whole, where there was one to be read. */
  bytes?: Buffer;
  /** Present where the request failed already, and all that is left is to say so. */
  failure?: { cause: unknown };
}

const requests = new WeakMap<IncomingMessage, HandedOver>();

export function handOver(request: IncomingMessage, what: HandedOver): void {
  requests.set(request, what);
}

/** `undefined` for a request that came to Koa as it was sent. */
export function handedOver(request: IncomingMessage): HandedOver | undefined {
  return requests.get(request);
}
