import {
  type PoolImage,
  pictureNamed,
  poolName,
  RENDITION_WIDTHS,
  type RenditionWidth,
} from '../storage/image-keys.ts';

/** What was made of a picture and is stored beside it: WebPs, and always a card. */
export interface Renditions {
  /** The picture in the pool that they were made of, also where a page shows a copy of it. */
  of: PoolImage;
  /** Of the WebPs in pixels, ascending; none of a picture that is narrower than all of them. */
  widths: readonly RenditionWidth[];
  /** The picture's colours as a ThumbHash, in base64. */
  thumbhash: string;
}

/** A ThumbHash has 5 to 25 bytes. */
const THUMBHASH = /^(?=.{8,36}$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The metadata of an object that shows the picture. */
export function renditionMetadata(renditions: Renditions | undefined): Record<string, string> {
  if (!renditions) return {};
  const { of, widths, thumbhash } = renditions;
  return {
    dated: poolName(of),
    thumbhash,
    ...(widths.length > 0 ? { widths: widths.join(',') } : {}),
  };
}

/** Reads {@link renditionMetadata}. Others may have written it: all of it is right, or there is none. */
export function renditionsIn(metadata: Readonly<Record<string, string>>): Renditions | undefined {
  const { dated = '', thumbhash = '', widths: list = '' } = metadata;
  const of = pictureNamed(dated);
  if (!of || !THUMBHASH.test(thumbhash)) return undefined;
  const names = list.split(',');
  const widths = RENDITION_WIDTHS.filter((width) => names.includes(`${width}`));
  return widths.join(',') === list ? { of, widths, thumbhash } : undefined;
}
