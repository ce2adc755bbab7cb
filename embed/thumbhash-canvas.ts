import { thumbHashToRGBA } from 'thumbhash';

/**
 * A ThumbHash's blur. It is painted on a canvas and not put into a `data:` URL, which a strict
 * Content-Security-Policy would not let through.
 *
 * @param hash in base64
 * @throws for what is no base64, or no ThumbHash
 */
export function blurOf(hash: string): HTMLCanvasElement {
  const bytes = Uint8Array.from(atob(hash), (character) => character.charCodeAt(0));
  const { w, h, rgba } = thumbHashToRGBA(bytes);
  const canvas = document.createElement('canvas');
  canvas.width = w;
  canvas.height = h;
  const image = new ImageData(new Uint8ClampedArray(rgba), w, h);
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return canvas;
}
