import {
  type PoolImage,
  pictureNamed,
  poolName,
  RENDITION_WIDTHS,
  type RenditionWidth,
} from '../storage/image-keys.ts';

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
