import { BlockList, isIPv4 } from 'node:net';
import type { PublicAddress } from '../../domain/ports/geo-locator.ts';
import type { ProxyTrust } from '../config.ts';

const ZERO = 0x30;

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
/** As numbers: to ask a list as that takes longer than all the rest that is done with an address. */
const specialIpv4 = SPECIAL_IPV4.map(([network, bits]) => ({
  network: bitsOf(network),
  mask: -1 << (32 - bits),
}));

const LONGEST_ADDRESS = 64;
/** Of an `X-Forwarded-For` that anybody may have made up; real ones name a handful of proxies. */
const MOST_FORWARDED = 20;

/** Nothing that would mean something else within a URL. */
const IN_IPV6 = /^[\da-f:.]+$/i;

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
  for (const text of forwarded.slice(0, MOST_FORWARDED)) {
    const address = publicAddress(text);
    if (address) return address;
  }
  return undefined;
}

/**
 * Reads an address as proxies write them (with a port, in brackets, with a zone, IPv4 mapped into
 * IPv6). `undefined` for anything that is not an address on the public internet.
 */
export function publicAddress(text: string | undefined): PublicAddress | undefined {
  if (text === undefined || text.length > LONGEST_ADDRESS) return undefined;
  const plain = text.trim();
  const address = isIPv4(plain) ? plain : shortestForm(withoutPortAndZone(plain));
  return address !== undefined && isPublic(address) ? (address as PublicAddress) : undefined;
}

function isPublic(address: string): boolean {
  if (address.includes(':')) return !specialIpv6.check(address, 'ipv6');
  const bits = bitsOf(address);
  return !specialIpv4.some(({ network, mask }) => (bits & mask) === network);
}

/** The 32 bits of an IPv4 address. To split it would take five times as long. */
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

/** One spelling for each address, so that it is looked up and remembered once. */
function shortestForm(text: string): string | undefined {
  if (isIPv4(text)) return text;
  const shortest = IN_IPV6.test(text) && URL.parse(`http://[${text}]`)?.hostname.slice(1, -1);
  if (!shortest) return undefined;
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(shortest) ?? [];
  if (!high || !low) return shortest;
  const bytes = [high, low].flatMap((word) => {
    const value = Number.parseInt(word, 16);
    return [value >> 8, value & 255];
  });
  return bytes.join('.');
}
