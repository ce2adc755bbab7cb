import type { Country } from '../countries/country.ts';
import type { Page } from './page.ts';

/** The facts about a request that decide whether an image may be generated for it. */
export interface Asker {
  /** Absent if the address is unknown, private or malformed. */
  address: string | undefined;
  /** The client identifies itself as a program, such as a search engine. */
  isBot: boolean;
  /** The page token from the request, which proves that the site has the page. Not yet verified. */
  token: string | undefined;
}

/** One reader's request for a page's image. */
export interface PageRequest {
  page: Page;
  /** The reader's country; absent if unknown. */
  country: Country | undefined;
  /** `false` if the country is unknown because geolocation failed. */
  countryIsReliable: boolean;
  /** The stable key of the page in that country. */
  key: string;
  /** Absent for requests of the owner, which no rule restricts. */
  asker?: Asker;
}

/** The fields that identify a request in the journal. */
export function aboutPage({ page, country }: PageRequest) {
  return { page, country: country?.code ?? null };
}
