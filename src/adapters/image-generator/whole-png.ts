import type { Sharp } from 'sharp';
import { Semaphore } from '../../domain/kernel/semaphore.ts';
import { checkedPng, MAX_PNG_BYTES, PngError } from './checked-png.ts';
import { UnusableAnswer } from './unusable-answer.ts';

/** Pixels across of what is stored; larger pictures are made smaller. */
const LONGEST_SIDE = 4096;
/** Pixels of what is unpacked at all: more would be a bomb, or more memory than there is. */
const MAX_PIXELS = 2 * LONGEST_SIDE * LONGEST_SIDE;
/** For one picture to be unpacked and packed again. */
const LONGEST = { seconds: 20 };
/** One that is too heavy is made smaller so many times, each time to fit by its present weight. */
const SHRINKINGS = 4;
/** Unpacked pictures take tens of megabytes. libvips works on threads of its own, beside the event loop. */
const turns = new Semaphore(1);

export interface WholePng {
  bytes: Uint8Array;
  width: number;
  height: number;
}

/**
 * Makes of a paid picture what may be stored. A sound PNG stays as it is, byte for byte. A JPEG, WebP, AVIF
 * or GIF, and a PNG that is too large or has something behind it, is packed as a PNG anew.
 *
 * What is neither is not kept: nobody could see half a picture, and SVG is a program more than a picture,
 * which libvips does not get to see.
 *
 * @throws UnusableAnswer
 */
export async function wholePng(bytes: Uint8Array): Promise<WholePng> {
  let flaw: PngError;
  try {
    return { bytes, ...checkedPng(bytes) };
  } catch (error) {
    if (!(error instanceof PngError)) throw error;
    flaw = error;
  }
  if (!looksLikePicture(bytes)) throw new UnusableAnswer('not_a_png', { cause: flaw });
  await turns.enter();
  try {
    return await repacked(bytes);
  } catch (cause) {
    const reason = flaw.flaw === 'not_a_png' ? 'damaged_picture' : flaw.flaw;
    throw new UnusableAnswer(reason, { cause });
  } finally {
    turns.leave();
  }
}

async function repacked(bytes: Uint8Array): Promise<WholePng> {
  // Loaded late, as it takes time to start.
  const { default: sharp } = await import('sharp');
  const unpack = (side: number): Sharp =>
    sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1 })
      .timeout(LONGEST)
      .autoOrient()
      .toColourspace('srgb')
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
  let side = LONGEST_SIDE;
  for (let n = 0; n <= SHRINKINGS; n += 1) {
    const { data, info } = await unpack(side).png().toBuffer({ resolveWithObject: true });
    if (data.length <= MAX_PNG_BYTES) {
      const png = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return { bytes: png, ...checkedPng(png) };
    }
    const scale = 0.95 * Math.sqrt(MAX_PNG_BYTES / data.length);
    side = Math.max(1, Math.floor(Math.max(info.width, info.height) * scale));
  }
  throw new Error(`it has more than ${MAX_PNG_BYTES} bytes however small it is made`);
}

const SIGNATURES: readonly { at: number; text: string }[][] = [
  [{ at: 0, text: '\x89PNG\r\n\x1a\n' }],
  [{ at: 0, text: '\xff\xd8\xff' }],
  [{ at: 0, text: 'GIF8' }],
  [
    { at: 0, text: 'RIFF' },
    { at: 8, text: 'WEBP' },
  ],
  [{ at: 4, text: 'ftypavif' }],
  [{ at: 4, text: 'ftypavis' }],
  [{ at: 4, text: 'ftypmif1' }],
];

/** Whether bytes begin as a picture of a kind that can be kept. */
export function looksLikePicture(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return SIGNATURES.some((parts) => parts.every(({ at, text }) => start.startsWith(text, at)));
}
