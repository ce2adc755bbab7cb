import { type Country, type CountryCode, countryByCode } from '../countries/country.ts';
import { UUID } from '../kernel/uuid.ts';
import {
  type PoolImage,
  pictureNamed,
  poolName,
  RENDITION_WIDTHS,
  type RenditionWidth,
} from '../storage/image-keys.ts';
import type { ObjectHead, ObjectLabels, ObjectLife } from '../storage/object-store.ts';

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
interface Labelling {
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

/** The renditions stored with an image: WebPs, and always a card. */
export interface Renditions {
  /** The original image in the pool, even if a page shows a copy of it. */
  of: PoolImage;
  /** Widths of the WebPs in pixels, ascending; empty for an image narrower than all of them. */
  widths: readonly RenditionWidth[];
  /** The image's ThumbHash, in base64. */
  thumbhash: string;
}

/** A ThumbHash has 5 to 25 bytes. */
const THUMBHASH = /^(?=.{8,36}$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The metadata that stores the renditions with an object. */
export function renditionMetadata(renditions: Renditions | undefined): Record<string, string> {
  if (!renditions) return {};
  const { of, widths, thumbhash } = renditions;
  return {
    dated: poolName(of),
    thumbhash,
    ...(widths.length > 0 ? { widths: widths.join(',') } : {}),
  };
}

/**
 * Inverse of {@link renditionMetadata}. Other programs may have written the metadata, so any
 * invalid part makes the result `undefined`.
 */
export function renditionsIn(metadata: Readonly<Record<string, string>>): Renditions | undefined {
  const { dated = '', thumbhash = '', widths: list = '' } = metadata;
  const of = pictureNamed(dated);
  if (!of || !THUMBHASH.test(thumbhash)) return undefined;
  const names = list.split(',');
  const widths = RENDITION_WIDTHS.filter((width) => names.includes(`${width}`));
  return widths.join(',') === list ? { of, widths, thumbhash } : undefined;
}

/** The model name of images that the service draws itself, without AI. */
export const SKETCH_MODEL = 'sketch';

const MODEL = /^[\w.:/-]{1,64}$/;

/** A model's name as stored with an image; `undefined` for a name that some stores cannot keep. */
export function storableModel(model: string | undefined): string | undefined {
  return MODEL.test(model ?? '') ? model : undefined;
}

/** How an image was made, for its alternative text. Older images have no model name. */
export function creditOf(model: string | undefined): string {
  return model === SKETCH_MODEL ? 'drawn by the sketch generator' : 'imagined by AI';
}
