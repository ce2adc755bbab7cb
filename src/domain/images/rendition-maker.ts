import type { RenditionWidth } from '../storage/image-keys.ts';

/** What was made of a picture. */
export interface MadeRenditions {
  /** WebPs, narrowest first, as high as the picture's shape wants; none wider than the picture. */
  webps: readonly { width: RenditionWidth; bytes: Uint8Array }[];
  /** A JPEG of 1200 by 630 pixels that shows the picture's middle, without any transparency. */
  card: Uint8Array;
  /** The picture's colours as a ThumbHash, in base64. */
  thumbhash: string;
}

/**
 * Makes smaller and other files of a picture. It does so beside the event loop, and never changes the
 * bytes it is given.
 */
export interface RenditionMaker {
  /**
   * @param png a whole PNG
   * @throws Error for anything else, for one that is damaged, and for more than 4096 by 4096 pixels
   */
  make(png: Uint8Array): Promise<MadeRenditions>;
}
