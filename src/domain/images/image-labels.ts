import { type Country, type CountryCode, countryByCode } from '../countries/country.ts';
import { UUID } from '../kernel/uuid.ts';
import type { ObjectHead, ObjectLabels, ObjectLife } from '../storage/object-store.ts';
import { storableModel } from './image-credit.ts';
import { type Renditions, renditionMetadata, renditionsIn } from './renditions.ts';

/** What is known of an image wherever it is shown. */
export interface Picture {
  /** The country of the dish. In a fallback it may differ from the reader's. */
  country: CountryCode | undefined;
  /** Pixels; unknown for images that entered the bucket by other means. */
  width: number | undefined;
  height: number | undefined;
  /** The model that made it; unknown for images stored before the model was recorded. */
  model: string | undefined;
  /** The renditions stored with it; unknown for other images. */
  renditions: Renditions | undefined;
}

/** The response to a request for a page's image. */
export interface PageImage {
  url: string;
  /**
   * `stored`: it existed. `generated`: generated now. `fallback`: another page's image, chosen now.
   */
  source: 'stored' | 'generated' | 'fallback';
  picture: Picture;
  /**
   * Whether the URL is the page's own. `false` means that the page still needs its image placed.
   */
  placed: boolean;
  /** Millionths of a US dollar, for an image generated now. */
  costMicroUsd?: number;
  /** For an image that was looked up, if the store reports it. */
  life?: ObjectLife;
}

/** What the labels of a page or pool object say beyond its image. */
export interface Labelling {
  /** The generation that made the image; unknown for an image from elsewhere. */
  generation: string | undefined;
  /** Part of the page's URL once the page has shown another image before. */
  revision: string | undefined;
}

/** The `Cache-Control` of an object that never changes under its key. */
export const FOREVER = 'public, max-age=31536000, immutable';
/** The page's own image may replace a fallback, so caches must revalidate it. */
const AN_HOUR = 'public, max-age=3600';
const ID = new RegExp(`^${UUID}$`);

/** The labels of a generated image, under its dated key and its page's key. */
export function pictureLabels(picture: Picture, labelling: Labelling): ObjectLabels {
  return labels('generated', picture, labelling);
}

/** The labels of a page key that shows an image made for another page. */
export function fallbackLabels(picture: Picture, labelling: Labelling): ObjectLabels {
  return labels('fallback', picture, labelling);
}

export function isFallback({ metadata }: ObjectHead): boolean {
  return metadata.source === 'fallback';
}

/** Reads an object's labels. Other programs may have written some objects in the bucket. */
export function labellingOf({ metadata }: ObjectHead): Labelling {
  return { generation: idIn(metadata.generation), revision: idIn(metadata.revision) };
}

/**
 * The image metadata of a stored object. An object without metadata entered the bucket by other
 * means; its country is then taken from its key.
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
