import { type Country, type CountryCode, countryByCode } from './country.ts';
import type { ObjectHead, ObjectLabels } from './ports/object-store.ts';
import { UUID } from './uuid.ts';

/** What is known of a picture, wherever it is shown. */
export interface Picture {
  /** The country of the dish, which in a fallback need not be the reader's. */
  country: CountryCode | undefined;
  /** Pixels; unknown for pictures that came into the bucket by another way. */
  width: number | undefined;
  height: number | undefined;
}

/** The answer to a request for a page's picture. */
export interface PageImage {
  url: string;
  /** `stored`: it was there. `generated`: bought now. `fallback`: another page's, chosen now. */
  source: 'stored' | 'generated' | 'fallback';
  picture: Picture;
}

const FOREVER = 'public, max-age=31536000, immutable';
/** A bucket may hold objects that others labelled as they liked. */
const GENERATION = new RegExp(`^${UUID}$`);
/** A fallback may be replaced by the page's own picture, so caches must come back for it. */
const AN_HOUR = 'public, max-age=3600';

/** The labels of a generated picture, on its dated key and on its page's. */
export function pictureLabels(id: string, picture: Picture): ObjectLabels {
  return {
    contentType: 'image/png',
    cacheControl: FOREVER,
    metadata: { ...pictureMetadata(picture), generation: id, source: 'generated' },
  };
}

/** The labels of a page key that shows a picture made for another page; `head` is the original's. */
export function fallbackLabels({ metadata }: ObjectHead, picture: Picture): ObjectLabels {
  const generation = GENERATION.test(metadata.generation ?? '') ? metadata.generation : undefined;
  return {
    contentType: 'image/png',
    cacheControl: AN_HOUR,
    metadata: {
      ...pictureMetadata(picture),
      ...(generation ? { generation } : {}),
      source: 'fallback',
    },
  };
}

/**
 * What a stored object's metadata says of its picture. An object without any came into the bucket by
 * another way; then the country that its key names is the best that is known.
 */
export function pictureOf(head: ObjectHead, keyCountry: Country | undefined): Picture {
  const labelled = head.metadata.source !== undefined;
  return {
    country: labelled ? countryByCode(head.metadata.country)?.code : keyCountry?.code,
    width: pixels(head.metadata.width),
    height: pixels(head.metadata.height),
  };
}

function pictureMetadata(picture: Picture): Record<string, string> {
  const { country, width, height } = picture;
  return {
    ...(country ? { country } : {}),
    ...(width && height ? { width: String(width), height: String(height) } : {}),
  };
}

function pixels(text: string | undefined): number | undefined {
  const count = Number(text);
  return Number.isInteger(count) && count > 0 ? count : undefined;
}
