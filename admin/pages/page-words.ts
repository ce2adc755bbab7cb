import type { PageType, ShownPage } from '../api/api-types.ts';
import { countryLabel } from '../format/country.ts';

export const TYPE_WORDS: Readonly<Record<PageType, string>> = {
  index: 'Home page',
  article: 'Article',
  archive: 'Archive',
};

/** The source of a page's picture. */
export const SOURCE_WORDS = { own: 'Own picture', fallback: 'Fallback', pinned: 'Pinned' } as const;

export const SOURCE_TONES = { own: 'good', fallback: 'warn', pinned: '' } as const;

/** Identifies a page in API calls. */
export interface PageName {
  type: PageType;
  path: string;
  /** `null` for readers whose country is unknown. */
  country: string | null;
}

/** `undefined` if the path is unknown. Then the API has no actions for the page. */
export function nameOf({ type, path, country }: ShownPage): PageName | undefined {
  return path === null ? undefined : { type, path, country };
}

export function pageTitle({ path, slug }: ShownPage): string {
  return path ?? slug;
}

/** Such as `/posts/hello in Japan`. */
export function pageInWords({ path, country }: PageName): string {
  return country
    ? `${path} in ${countryLabel(country).name}`
    : `${path} for readers whose country is unknown`;
}
