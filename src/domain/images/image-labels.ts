import { type Country, type CountryCode, countryByCode } from '../countries/country.ts';
import { UUID } from '../kernel/uuid.ts';
import type { ObjectHead, ObjectLabels, ObjectLife } from '../storage/object-store.ts';
import { storableModel } from './image-credit.ts';
import { type Renditions, renditionMetadata, renditionsIn } from './renditions.ts';

/** What is known of a picture, wherever it is shown. */
export interface Picture {
  /** The country of the dish, which in a fallback need not be the reader's. */
  country: CountryCode | undefined;
  /** Pixels; unknown for pictures that came into the bucket by another way. */
  width: number | undefined;
  height: number | undefined;
  /** The model that made it; unknown for pictures that were stored before this was. */
  model: string | undefined;
  /** What is stored beside it; nothing is known of other pictures'. */
  renditions: Renditions | undefined;
}

/** The answer to a request for a page's picture. */
export interface PageImage {
  url: string;
  /** `stored`: it was there. `generated`: bought now. `fallback`: another page's, chosen now. */
  source: 'stored' | 'generated' | 'fallback';
  picture: Picture;
  /** Whether the URL is the page's own; another's says that the page still needs placing. */
  placed: boolean;
  /** Millionths of a US dollar, of one that was bought now. */
  costMicroUsd?: number;
  /** Of a picture that was looked up, where the store tells. */
  life?: ObjectLife;
}

/** How an object of a page or of the pool is labelled beside its picture. */
export interface Labelling {
  /** The generation that made the picture; unknown for one that came another way. */
  generation: string | undefined;
  /** Stands in the page's URL once it has shown another picture before. */
  revision: string | undefined;
}

/** The `Cache-Control` of what never changes under its key. */
export const FOREVER = 'public, max-age=31536000, immutable';
/** A fallback may be replaced by the page's own picture, so caches must come back for it. */
const AN_HOUR = 'public, max-age=3600';
const ID = new RegExp(`^${UUID}$`);

/** The labels of a generated picture, on its dated key and on its page's. */
export function pictureLabels(picture: Picture, labelling: Labelling): ObjectLabels {
  return labels('generated', picture, labelling);
}

/** The labels of a page key that shows a picture made for another page. */
export function fallbackLabels(picture: Picture, labelling: Labelling): ObjectLabels {
  return labels('fallback', picture, labelling);
}

export function isFallback({ metadata }: ObjectHead): boolean {
  return metadata.source === 'fallback';
}

/** What an object says of itself. A bucket may hold some that others labelled as they liked. */
export function labellingOf({ metadata }: ObjectHead): Labelling {
  return { generation: idIn(metadata.generation), revision: idIn(metadata.revision) };
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
    model: storableModel(head.metadata.model),
    renditions: renditionsIn(head.metadata),
  };
}

function labels(
  source: 'generated' | 'fallback',
  { country, width, height, model, renditions }: Picture,
  { generation, revision }: Labelling,
): ObjectLabels {
  return {
    contentType: 'image/png',
    cacheControl: source === 'fallback' ? AN_HOUR : FOREVER,
    metadata: {
      source,
      ...(country ? { country } : {}),
      ...(width && height ? { width: String(width), height: String(height) } : {}),
      ...(model ? { model } : {}),
      ...renditionMetadata(renditions),
      ...(generation ? { generation } : {}),
      ...(revision ? { revision } : {}),
    },
  };
}

function idIn(text: string | undefined): string | undefined {
  return ID.test(text ?? '') ? text : undefined;
}

function pixels(text: string | undefined): number | undefined {
  const count = Number(text);
  return Number.isInteger(count) && count > 0 ? count : undefined;
}
