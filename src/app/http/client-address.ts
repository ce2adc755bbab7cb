import { BlockList, isIPv4 } from 'node:net';
import type { PublicAddress } from '../../domain/countries/geo-locator.ts';
import type { ProxyTrust } from '../config/config.ts';
import { carriedIpv4 } from './carried-ipv4.ts';

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

/**
 * Only 2000::/3 of IPv6 is public, without the addresses of protocols and of documentation. What stands
 * for an IPv4 address is judged by that one, see carried-ipv4.ts.
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
/** As numbers: to ask a list as that takes longer than all the rest that is done with an address. */
const specialIpv4 = SPECIAL_IPV4.map(([network, bits]) => ({
  network: bitsOf(network),
  mask: -1 << (32 - bits),
}));

const LONGEST_ADDRESS = 64;
/** Of an `X-Forwarded-For` that anybody may have made up; real ones name a handful of proxies. */
const MAX_FORWARDED = 20;

/** Nothing that would mean something else within a URL. */
const IN_IPV6 = /^[\da-f:.]+$/i;

interface Request {
  header(name: string): string | undefined;
  socketAddress: string | undefined;
}

/**
 * The reader's public address: of `X-Real-IP` if it names one, else the first one of `X-Forwarded-For`,
 * and if neither header is sent, the connection's own. With a configured header, or with trusted hops
 * the entry of `X-Forwarded-For` at that place from the right, there is no other source. Without trust
 * in proxies it is the connection's own.
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

/** The one public address that a header names: sent more than once, it may name several. */
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
 * Reads an address as proxies write them (with a port, in brackets, with a zone, IPv4 mapped into
 * IPv6). `undefined` for anything that is not an address on the public internet.
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
  if (!IN_IPV6.test(text)) return undefined;
  return URL.parse(`http://[${text}]`)?.hostname.slice(1, -1);
}
