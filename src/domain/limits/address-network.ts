/** The prefix of an IPv4 client on a dual-stack socket. */
const IPV4_IN_IPV6 = /^::ffff:(?=[\d.]+$)/i;

/**
 * The unit counted as one client: an IPv4 address, or the first 64 bits of an IPv6 address, because
 * one person owns all addresses of a /64.
 */
export function addressNetwork(address: string): string {
  const unmapped = address.replace(IPV4_IN_IPV6, '');
  return unmapped.includes(':') ? networkOf(unmapped) : unmapped;
}

/** The first 64 bits of an IPv6 address, as hexadecimal words. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const words = head.split(':').filter(Boolean);
  const rest = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - words.length - rest.length) }, () => '0');
  return [...words, ...zeros, ...rest].slice(0, 4).join(':');
}
