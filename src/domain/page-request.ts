import type { Country } from './country.ts';
import type { Page } from './page.ts';

/** A page as one reader asks for it. */
export interface PageRequest {
  page: Page;
  /** The reader's country; absent where it is not known. */
  country: Country | undefined;
  /** Whether an unknown country really is one, and not a locator that failed. */
  countryIsReliable: boolean;
  /** The stable key of the page in that country. */
  key: string;
}

/** How the journal names a request. */
export function aboutPage({ page, country }: PageRequest) {
  return { page, country: country?.code ?? null };
}
