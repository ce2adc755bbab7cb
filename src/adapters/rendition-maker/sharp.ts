import type { Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import type { MadeRenditions, RenditionMaker } from '../../domain/images/rendition-maker.ts';
import { RENDITION_WIDTHS, type RenditionWidth } from '../../domain/storage/image-keys.ts';

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const MAX_PIXELS = 4096 * 4096;
/** Where a picture takes longer than this to be unpacked or packed, something is wrong with it. */
const LONGEST = { seconds: 5 };
/** More effort takes half as long again and saves three bytes in a hundred. */
const WEBP = { quality: 78, effort: 2 };
const CARD = { width: 1200, height: 630 };
const CARD_QUALITY = 80;
/** A ThumbHash, which is made on the event loop, has room for seven waves across. */
const THUMB_SIDE = 64;

/** Makes them with libvips. */
export class SharpRenditionMaker implements RenditionMaker {
  async make(png: Uint8Array): Promise<MadeRenditions> {
    // libvips would read whatever it knows, SVG and PDF among it.
    if (!PNG_SIGNATURE.equals(png.subarray(0, PNG_SIGNATURE.length))) {
      throw new Error('It is not a PNG');
    }
    // Loaded late, as it takes time to start.
    const { default: sharp } = await import('sharp');
    const { data, info } = await sharp(png, { limitInputPixels: MAX_PIXELS })
      .timeout(LONGEST)
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    // Each with options of its own: a clone of them would take the pixels along.
    const picture = () => sharp(data, { raw: info }).timeout(LONGEST);

    const widths = RENDITION_WIDTHS.filter((width) => width <= info.width);
    const widest = widths.slice(-1);
    const others = widths.slice(0, -1);
    // Two threads of Node's four: files and names are looked up by the others meanwhile.
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
