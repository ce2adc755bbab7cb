import type { Country } from './country.ts';

declare const publicAddress: unique symbol;

/**
 * A valid, publicly routable IPv4 or IPv6 address in its shortest usual form. Only the HTTP layer
 * creates one, so adapters cannot look up private addresses.
 */
export type PublicAddress = string & { readonly [publicAddress]: true };

/** The origin of a request. */
export interface Visitor {
  /** Absent if the address is unknown, private or malformed. */
  address: PublicAddress | undefined;
  /** A request header by its lower-case name; `undefined` if the request did not send it. */
  header(name: string): string | undefined;
}

export interface Whereabouts {
  /** Absent if the country is unknown. */
  country: Country | undefined;
  /** `false` if geolocation failed. An unknown country then says nothing about the reader. */
  reliable: boolean;
}

/**
 * Finds a reader's country. Never throws, and never takes longer than its configured timeout. On
 * failure it returns `{ country: undefined, reliable: false }`, or what it knew about the address
 * within the last day. A visitor without an address has a reliably unknown country and costs no
 * outbound call. Codes outside the frozen country table count as unknown. The address is never
 * logged and never stored outside memory.
 */
export interface GeoLocator {
  /** The cached result for the visitor; `undefined` if only {@link locate} can find it. */
  recall(visitor: Visitor): Whereabouts | undefined;

  locate(visitor: Visitor): Promise<Whereabouts>;
}
