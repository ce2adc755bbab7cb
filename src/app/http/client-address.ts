import { BlockList, isIP, isIPv6 } from 'node:net';
import { BoundedMap } from '../../domain/bounded-map.ts';
import type { PublicAddress } from '../../domain/ports/geo-locator.ts';
import type { ProxyTrust } from '../config.ts';

/** What is not globally routable of IPv4, after IANA's special-purpose address registry. */
const SPECIAL_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Of IPv6 only 2000::/3 is public, and of that not Teredo and other protocols, nor 6to4, nor examples. */
const SPECIAL_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const special = new BlockList();
for (const [network, bits] of SPECIAL_IPV4) special.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of SPECIAL_IPV6) special.addSubnet(network, bits, 'ipv6');
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

const LONGEST_ADDRESS = 64;
/** A reader comes again, and to read an address takes longer than all the rest of an answer. */
const readLately = new BoundedMap<string, { address: PublicAddress | undefined }>(10_000);

interface Request {
  header(name: string): string | undefined;
  socketAddress: string | undefined;
}

/**
 * The reader's public address: `X-Real-IP` where it is sent, else the first public one of
 * `X-Forwarded-For`, else the connection's own. With trusted hops, that entry of `X-Forwarded-For`
 * from the right and nothing else; without trust in proxies, the connection's own.
 */
export function clientAddress(request: Request, trust: ProxyTrust): PublicAddress | undefined {
  if (!trust.trustProxy) return publicAddress(request.socketAddress);
  const forwarded = request.header('x-forwarded-for')?.split(',') ?? [];
  if (trust.trustedHops !== undefined) return publicAddress(forwarded.at(-trust.trustedHops));
  const realIp = request.header('x-real-ip')?.trim();
  if (realIp) return publicAddress(realIp);
  if (forwarded.length === 0) return publicAddress(request.socketAddress);
  return forwarded.map(publicAddress).find((address) => address !== undefined);
}

/**
 * Reads an address as proxies write them (with a port, in brackets, with a zone, IPv4 mapped into
 * IPv6). `undefined` for anything that is not an address on the public internet.
 */
export function publicAddress(text: string | undefined): PublicAddress | undefined {
  if (text === undefined || text.length > LONGEST_ADDRESS) return undefined;
  let read = readLately.get(text);
  if (!read) {
    read = { address: parsePublicAddress(text) };
    readLately.set(text, read);
  }
  return read.address;
}

function parsePublicAddress(text: string): PublicAddress | undefined {
  const address = shortestForm(withoutPortAndZone(text.trim()));
  if (address === undefined || special.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) {
    return undefined;
  }
  if (isIPv6(address) && !globalUnicast.check(address, 'ipv6')) return undefined;
  return address as PublicAddress;
}

function withoutPortAndZone(text: string): string {
  const [, bracketed] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text) ?? [];
  const [, beforePort] = /^([\d.]+):\d{1,5}$/.exec(text) ?? [];
  return (bracketed ?? beforePort ?? text).replace(/%[\w.-]+$/, '');
}

/** One spelling for each address, so that it is looked up and remembered once. */
function shortestForm(text: string): string | undefined {
  if (isIP(text) === 0) return undefined;
  if (!isIPv6(text)) return text;
  const shortest = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(shortest) ?? [];
  if (!high || !low) return shortest;
  const bytes = [high, low].flatMap((word) => {
    const value = Number.parseInt(word, 16);
    return [value >> 8, value & 255];
  });
  return bytes.join('.');
}
