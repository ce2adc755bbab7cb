import type { Country } from './country.ts';

declare const publicAddress: unique symbol;

/**
 * An IPv4 or IPv6 address that is valid, in its shortest usual form and routable on the public
 * internet. Only the HTTP layer makes one, so no adapter can look up anything else.
 */
export type PublicAddress = string & { readonly [publicAddress]: true };

/** Where a request comes from. */
export interface Visitor {
  /** Absent where the address is unknown, private or malformed. */
  address: PublicAddress | undefined;
  /** A request header by its lower-case name; `undefined` where it was not sent. */
  header(name: string): string | undefined;
}

export interface Whereabouts {
  /** Absent where the country is not known. */
  country: Country | undefined;
  /** `false` where the locator failed, so that an unknown country says nothing about the reader. */
  reliable: boolean;
}

/**
 * Finds a reader's country. Never throws and never keeps the caller longer than its configured
 * time: a locator that fails answers `{ country: undefined, reliable: false }`, or what it knew of the
 * address within the last day. A visitor without
 * an address is unknown, reliably, and costs no outbound call. Codes outside the frozen country
 * table are no country. The address is never logged nor stored outside memory.
 */
export interface GeoLocator {
  /** What is known of the visitor already; `undefined` where only {@link locate} can find it out. */
  recall(visitor: Visitor): Whereabouts | undefined;

  locate(visitor: Visitor): Promise<Whereabouts>;
}
