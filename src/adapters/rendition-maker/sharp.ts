import type { Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import type { MadeRenditions, RenditionMaker } from '../../domain/images/rendition-maker.ts';
import { RENDITION_WIDTHS, type RenditionWidth } from '../../domain/storage/image-keys.ts';

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const MAX_PIXELS = 4096 * 4096;
/** Time limit for decoding or encoding an image. */
const TIMEOUT = { seconds: 5 };
/** A higher effort takes 50% longer and saves only 3% of the bytes. */
const WEBP = { quality: 78, effort: 2 };
const CARD = { width: 1200, height: 630 };
const CARD_QUALITY = 80;
/** Small, because a ThumbHash is computed on the event loop and only stores a few colours. */
const THUMB_SIDE = 64;

/** Creates renditions with libvips. */
export class SharpRenditionMaker implements RenditionMaker {
  async make(png: Uint8Array): Promise<MadeRenditions> {
    // libvips would also accept other formats, such as SVG and PDF.
    if (!PNG_SIGNATURE.equals(png.subarray(0, PNG_SIGNATURE.length))) {
      throw new Error('the image is not a PNG');
    }
    // Imported late, because loading it slows the start of the service.
    const { default: sharp } = await import('sharp');
    const { data, info } = await sharp(png, { limitInputPixels: MAX_PIXELS })
      .timeout(TIMEOUT)
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    // A new instance each time: `clone` would copy the pixels.
    const picture = () => sharp(data, { raw: info }).timeout(TIMEOUT);

    const widths = RENDITION_WIDTHS.filter((width) => width <= info.width);
    const widest = widths.slice(-1);
    const others = widths.slice(0, -1);
    // Use two of the four threads in Node's pool, and leave the others to file access and DNS.
    const [[large, thumbhash], [small, card]] = await Promise.all([
      webpsOf(picture, widest).then(async (webps) => [webps, await thumbhashOf(picture)] as const),
      webpsOf(picture, others).then(async (webps) => [webps, await cardOf(picture)] as const),
    ]);
    return { webps: [...small, ...large], card, thumbhash };
  }
}

async function webpsOf(picture: () => Sharp, widths: readonly RenditionWidth[]) {
  const webps: { width: RenditionWidth; bytes: Uint8Array }[] = [];
  for (const width of widths) {
    webps.push({ width, bytes: await picture().resize(width).webp(WEBP).toBuffer() });
  }
  return webps;
}

function cardOf(picture: () => Sharp): Promise<Uint8Array> {
  return picture()
    .resize({ ...CARD, fit: 'cover' })
    .flatten({ background: 'white' })
    .jpeg({ quality: CARD_QUALITY })
    .toBuffer();
}

async function thumbhashOf(picture: () => Sharp): Promise<string> {
  const { data, info } = await picture()
    .resize(THUMB_SIDE, THUMB_SIDE, { fit: 'inside' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
}
