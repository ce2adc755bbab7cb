import type { RenditionWidth } from '../storage/image-keys.ts';

/** The files made from an image. */
export interface MadeRenditions {
  /** WebPs, narrowest first, with the image's aspect ratio; none wider than the image. */
  webps: readonly { width: RenditionWidth; bytes: Uint8Array }[];
  /** A JPEG of 1200 by 630 pixels: the centre of the image, without transparency. */
  card: Uint8Array;
  /** The image's ThumbHash, in base64. */
  thumbhash: string;
}

/** Makes the renditions of an image. It works off the event loop and never changes its input. */
export interface RenditionMaker {
  /**
   * @param png a complete PNG
   * @throws Error for any other input, for a damaged PNG, and for more than 4096 by 4096 pixels
   */
  make(png: Uint8Array): Promise<MadeRenditions>;
}
