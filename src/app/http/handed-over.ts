import type { IncomingMessage } from 'node:http';

/** The state of a request that the fast lane passed to Koa. */
export interface HandedOver {
  /** The complete body, if it was read. */
  bytes?: Buffer;
  /** Present if the request already failed and only the error remains to be sent. */
  failure?: { cause: unknown };
}

const requests = new WeakMap<IncomingMessage, HandedOver>();

export function handOver(request: IncomingMessage, what: HandedOver): void {
  requests.set(request, what);
}

/** `undefined` for a request that Koa received directly. */
export function handedOver(request: IncomingMessage): HandedOver | undefined {
  return requests.get(request);
}
