import type { IncomingMessage } from 'node:http';
import type { Visitor } from '../../domain/countries/geo-locator.ts';
import type { ProxyTrust } from '../config/config.ts';
import { clientAddress } from './client-address.ts';

/** The origin of a request. */
export function visitorOf({ headers, socket }: IncomingMessage, trust: ProxyTrust): Visitor {
  const header = (name: string) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(',') : value;
  };
  return { header, address: clientAddress({ header, socketAddress: socket.remoteAddress }, trust) };
}
