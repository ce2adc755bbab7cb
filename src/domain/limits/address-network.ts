/** Before the address of a client that came by IPv4 to a socket for both. */
const IPV4_IN_IPV6 = /^::ffff:(?=[\d.]+$)/i;

/**
 * What is counted as one client: an IPv4 address, or the first 64 bits of an IPv6 address, as one person
 * has as many of those as they like.
 */
export function addressNetwork(address: string): string {
  const unmapped = address.replace(IPV4_IN_IPV6, '');
  return unmapped.includes(':') ? networkOf(unmapped) : unmapped;
}

/** The first 64 bits of an IPv6 address, in hexadecimal words. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const words = head.split(':').filter(Boolean);
  const rest = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - words.length - rest.length) }, () => '0');
  return [...words, ...zeros, ...rest].slice(0, 4).join(':');
}
