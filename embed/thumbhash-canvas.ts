import { thumbHashToRGBA } from 'thumbhash';

/**
 * Draws a ThumbHash. It uses a canvas, because a strict Content-Security-Policy blocks `data:` URLs.
 *
 * @param hash in base64
 * @throws if it is not base64, or not a ThumbHash
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
