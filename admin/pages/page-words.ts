import type { PageType, ShownPage } from '../api/api-types.ts';
import { countryLabel } from '../format/country.ts';

export const TYPE_WORDS: Readonly<Record<PageType, string>> = {
  index: 'Home page',
  article: 'Article',
  archive: 'Archive',
};

/** Where a page's picture came from. */
export const SOURCE_WORDS = { own: 'Its own', fallback: 'Lent', pinned: 'Pinned' } as const;

export const SOURCE_TONES = { own: 'good', fallback: 'warn', pinned: '' } as const;

/** A page as the API's actions name it. */
export interface PageName {
  type: PageType;
  path: string;
  /** `null` for readers whose country is unknown. */
  country: string | null;
}

/** `undefined` where its path was not written down: then nothing can be done to it by name. */
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
