import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv4 } from 'node:net';
import type { PublicAddress, Visitor } from '../../domain/countries/geo-locator.ts';
import type { ProxyTrust } from '../config/config.ts';
import { carriedIpv4 } from './carried-ipv4.ts';

const ZERO = 0x30;

/** IPv4 networks that are not globally routable, from IANA's special-purpose address registry. */
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

/**
 * These are all addresses outside 2000::/3, and the protocol and documentation addresses inside it.
 * An address that embeds an IPv4 address is judged by that address, see carried-ipv4.ts.
 */
const SPECIAL_IPV6 = [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const specialIpv6 = new BlockList();
for (const [network, bits] of SPECIAL_IPV6) specialIpv6.addSubnet(network, bits, 'ipv6');
/** Stored as numbers: a `BlockList` takes longer than all other work on an address. */
const specialIpv4 = SPECIAL_IPV4.map(([network, bits]) => ({
  network: bitsOf(network),
  mask: -1 << (32 - bits),
}));

const LONGEST_ADDRESS = 64;
/**
 * Maximum number of entries read from `X-Forwarded-For`. Anyone can forge a long one; real ones
 * list a few proxies.
 */
const MAX_FORWARDED = 20;

/** Excludes characters with a special meaning in URLs. */
const IN_IPV6 = /^[\da-f:.]+$/i;

interface Request {
  header(name: string): string | undefined;
  socketAddress: string | undefined;
}

/**
 * The reader's public address. The first of these that is configured is the only source:
 *
 * - a header: its value
 * - trusted hops: the entry of `X-Forwarded-For` at that position from the right
 * - no trust in proxies: the address of the connection
 *
 * By default, it is the public address in `X-Real-IP`, else the first one in `X-Forwarded-For`. The
 * address of the connection is used only if neither header is sent.
 */
export function clientAddress(request: Request, trust: ProxyTrust): PublicAddress | undefined {
  if (!trust.trustProxy) return publicAddress(request.socketAddress);
  if (trust.header !== undefined) return onlyAddressIn(request.header(trust.header));
  const forwarded = request.header('x-forwarded-for');
  if (trust.trustedHops !== undefined) {
    return publicAddress(forwarded?.split(',').at(-trust.trustedHops));
  }
  const realIp = request.header('x-real-ip');
  return (
    onlyAddressIn(realIp) ??
    firstAddressIn(forwarded) ??
    (realIp?.trim() || forwarded ? undefined : publicAddress(request.socketAddress))
  );
}

/**
 * The public address of a header; `undefined` if the header was sent more than once with different
 * addresses.
 */
function onlyAddressIn(text: string | undefined): PublicAddress | undefined {
  if (!text?.includes(',')) return publicAddress(text);
  const addresses = text.split(',', MAX_FORWARDED).map(publicAddress);
  const named = new Set(addresses.filter((address) => address !== undefined));
  const [only] = named;
  return named.size === 1 ? only : undefined;
}

function firstAddressIn(text: string | undefined): PublicAddress | undefined {
  if (!text?.includes(',')) return publicAddress(text);
  for (const part of text.split(',', MAX_FORWARDED)) {
    const address = publicAddress(part);
    if (address) return address;
  }
  return undefined;
}

/**
 * Parses an address as proxies write it (with a port, in brackets, with a zone, IPv4 mapped into
 * IPv6). `undefined` if it is not a public internet address.
 */
export function publicAddress(text: string | undefined): PublicAddress | undefined {
  if (text === undefined || text.length > LONGEST_ADDRESS) return undefined;
  const plain = text.trim();
  const address = isIPv4(plain) ? plain : shortestForm(withoutPortAndZone(plain));
  if (address === undefined) return undefined;
  if (!address.includes(':')) return isPublicIpv4(address) ? (address as PublicAddress) : undefined;
  const carried = carriedIpv4(address);
  if (carried.length === 0) return publicIpv6(address);
  if (!carried.every((inside) => isPublicIpv4(inside.address))) return undefined;
  const whole = carried.find(({ isWhole }) => isWhole)?.address;
  return whole === undefined ? publicIpv6(address) : (whole as PublicAddress);
}

function publicIpv6(address: string): PublicAddress | undefined {
  return specialIpv6.check(address, 'ipv6') ? undefined : (address as PublicAddress);
}

function isPublicIpv4(address: string): boolean {
  const bits = bitsOf(address);
  return !specialIpv4.some(({ network, mask }) => (bits & mask) === network);
}

/** The 32 bits of an IPv4 address. Splitting the string would take five times as long. */
function bitsOf(address: string): number {
  let bits = 0;
  let byte = 0;
  for (let at = 0; at < address.length; at += 1) {
    const digit = address.charCodeAt(at) - ZERO;
    if (digit < 0) {
      bits = (bits << 8) | byte;
      byte = 0;
    } else byte = byte * 10 + digit;
  }
  return (bits << 8) | byte;
}

function withoutPortAndZone(text: string): string {
  const [, bracketed] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text) ?? [];
  const [, beforePort] = /^([\d.]+):\d{1,5}$/.exec(text) ?? [];
  return (bracketed ?? beforePort ?? text).split('%', 1)[0] ?? '';
}

/** One notation per address, so that each is looked up and cached once. */
function shortestForm(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (!IN_IPV6.test(text)) return undefined;
  return URL.parse(`http://[${text}]`)?.hostname.slice(1, -1);
}

/** The sender of a request: its address and its headers. */
export function visitorOf({ headers, socket }: IncomingMessage, trust: ProxyTrust): Visitor {
  const header = (name: string) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(',') : value;
  };
  return { header, address: clientAddress({ header, socketAddress: socket.remoteAddress }, trust) };
}
