import type { Country } from '../countries/country.ts';
import type { Page } from './page.ts';

/** Who asks, as far as it decides what may be bought for them. */
export interface Asker {
  /** Absent where it is unknown, private or malformed. */
  address: string | undefined;
  /** A program that says so, such as a search engine's. */
  isBot: boolean;
  /** What shall prove that the site has the page. */
  token: string | undefined;
}

/** A page as one reader asks for it. */
export interface PageRequest {
  page: Page;
  /** The reader's country; absent where it is not known. */
  country: Country | undefined;
  /** Whether an unknown country really is one, and not a locator that failed. */
  countryIsReliable: boolean;
  /** The stable key of the page in that country. */
  key: string;
  /** Absent where the owner asks, who may have everything bought. */
  asker?: Asker;
}

/** How the journal names a request. */
export function aboutPage({ page, country }: PageRequest) {
  return { page, country: country?.code ?? null };
}
