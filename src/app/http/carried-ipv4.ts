/**
 * IPv6 networks whose addresses embed IPv4 addresses, and the index of the words that hold them.
 */
const CARRIERS: readonly { prefix: readonly number[]; at: number; isInverted?: boolean }[] = [
  // IPv4-mapped: ::ffff:0:0/96
  { prefix: [0, 0, 0, 0, 0, 0xffff], at: 6 },
  // NAT64: 64:ff9b::/96, the well-known prefix of DNS64, and the prefix for local use
  { prefix: [0x64, 0xff9b, 0, 0, 0, 0], at: 6 },
  { prefix: [0x64, 0xff9b, 1, 0, 0, 0], at: 6 },
  // 6to4: 2002::/16
  { prefix: [0x2002], at: 1 },
  // Teredo: 2001::/32; the client's address has all its bits inverted
  { prefix: [0x2001, 0], at: 6, isInverted: true },
];
/** The prefixes of all of these in their shortest form. Other addresses need no parsing. */
const MAY_CARRY = /^(?:::ffff:|64:ff9b:|2002:|2001:(?:0:|:))/;
/** ISATAP routers forward addresses with this host part to the IPv4 address behind it. */
const ISATAP = ':5efe:';
const NONE: readonly CarriedIpv4[] = [];

/** An IPv4 address embedded in an IPv6 address. */
export interface CarriedIpv4 {
  address: string;
  /** Whether the IPv6 address is only another notation for it. */
  isWhole: boolean;
}

/**
 * The IPv4 addresses an IPv6 address leads to. Check all of them, or an address of a private
 * network passes as public.
 *
 * @param address in its shortest form
 */
export function carriedIpv4(address: string): readonly CarriedIpv4[] {
  if (address.includes(ISATAP)) return isatap(wordsOf(address));
  if (!MAY_CARRY.test(address)) return NONE;
  const words = wordsOf(address);
  const carrier = CARRIERS.find(({ prefix }) => prefix.every((word, at) => words[at] === word));
  if (!carrier) return NONE;
  const { at, isInverted } = carrier;
  const client = { address: ipv4At(words, at, isInverted ? 0xffff : 0), isWhole: true };
  // Teredo's server is also an IPv4 address.
  return isInverted ? [client, { address: ipv4At(words, 2), isWhole: false }] : [client];
}

function isatap(words: readonly number[]): CarriedIpv4[] {
  const isHostPart = words[5] === 0x5efe && (words[4] === 0 || words[4] === 0x200);
  return isHostPart ? [{ address: ipv4At(words, 6), isWhole: false }] : [];
}

/** The eight 16-bit words. */
function wordsOf(address: string): number[] {
  const [head = [], tail = []] = address
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16))));
  const zeros = new Array<number>(8 - head.length - tail.length).fill(0);
  return [...head, ...zeros, ...tail];
}

function ipv4At(words: readonly number[], at: number, mask = 0): string {
  const [high = 0, low = 0] = words.slice(at, at + 2).map((word) => word ^ mask);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
