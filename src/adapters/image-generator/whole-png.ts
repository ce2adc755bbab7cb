import type { Sharp } from 'sharp';
import { Semaphore } from '../../domain/kernel/semaphore.ts';
import { checkedPng, MAX_PNG_BYTES, PngError } from './checked-png.ts';

/** A response with status 200 but without a usable image; `reason` comes from a fixed set. */
export class UnusableAnswer extends Error {
  readonly reason: string;

  constructor(reason: string, options?: { cause?: unknown }) {
    super(reason, options);
    this.name = 'UnusableAnswer';
    this.reason = reason;
  }
}

/** Maximum width and height in pixels; larger images are scaled down. */
const LONGEST_SIDE = 4096;
/** Images with more pixels are not decoded: they may be decompression bombs. */
const MAX_PIXELS = 2 * LONGEST_SIDE * LONGEST_SIDE;
/** Timeout for decoding and encoding an image. */
const TIMEOUT = { seconds: 20 };
/** How often an image with too many bytes is scaled down further. */
const SHRINKINGS = 4;
/** Only one at a time, because decoded images take tens of megabytes. */
const turns = new Semaphore(1);

export interface WholePng {
  bytes: Uint8Array;
  width: number;
  height: number;
}

/**
 * Converts a paid image to a PNG that may be stored. A valid PNG stays unchanged. JPEG, WebP, AVIF and GIF
 * are re-encoded, and so is a PNG that is too large or has extra bytes at its end.
 *
 * @throws UnusableAnswer for incomplete images and other formats, including SVG, which may contain scripts
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
  // Imported late, because loading it slows the start of the service.
  const { default: sharp } = await import('sharp');
  const unpack = (side: number): Sharp =>
    sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1 })
      .timeout(TIMEOUT)
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
  throw new Error(`the image has more than ${MAX_PNG_BYTES} bytes even when scaled down`);
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

/** Whether bytes start like an image in a supported format. */
export function looksLikePicture(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return SIGNATURES.some((parts) => parts.every(({ at, text }) => start.startsWith(text, at)));
}
