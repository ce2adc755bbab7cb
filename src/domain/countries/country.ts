import { COUNTRY_TABLE } from './country-table.ts';

/** ISO 3166-1 alpha-2, plus `XK` for Kosovo. */
export type CountryCode = (typeof COUNTRY_TABLE)[number][0];

export interface Country {
  readonly code: CountryCode;
  /** English, as used in prompts. */
  readonly name: string;
  /** ASCII, lower case, hyphens. Unique. Part of stored keys. */
  readonly slug: string;
}

export const COUNTRIES: readonly Country[] = COUNTRY_TABLE.map(([code, name, slug]) =>
  Object.freeze({ code, name, slug }),
);

/** Countries whose names take an article in a sentence, such as "the Netherlands". */
const WITH_ARTICLE: ReadonlySet<CountryCode> = new Set([
  'AE',
  'AX',
  'BQ',
  'BS',
  'CC',
  'CF',
  'CK',
  'DO',
  'FK',
  'FO',
  'GB',
  'GM',
  'IM',
  'IO',
  'KM',
  'KY',
  'MH',
  'MP',
  'MV',
  'NL',
  'PH',
  'PN',
  'PS',
  'SB',
  'SC',
  'TC',
  'TF',
  'UM',
  'US',
  'VG',
  'VI',
]);

const byCode = new Map<string, Country>(COUNTRIES.map((country) => [country.code, country]));
const bySlug = new Map<string, Country>(COUNTRIES.map((country) => [country.slug, country]));

/**
 * The country of an upper-case code. `undefined` for anything else, including the placeholders
 * geolocation services use for "unknown": `XX`, `ZZ`, `EU`, `T1`, lower case, `null`.
 */
export function countryByCode(code: unknown): Country | undefined {
  return typeof code === 'string' ? byCode.get(code) : undefined;
}

/**
 * The country of a complete slug. Never matches part of one: `guinea` does not match
 * `equatorial-guinea`.
 */
export function countryBySlug(slug: string): Country | undefined {
  return bySlug.get(slug);
}

/**
 * Where a dish is popular, as a phrase: `in Japan`, `in the Netherlands`, `somewhere in the world`.
 */
export function scopePhrase(country: Country | undefined): string {
  if (!country) return 'somewhere in the world';
  return WITH_ARTICLE.has(country.code) ? `in the ${country.name}` : `in ${country.name}`;
}
