import type { Sharp } from 'sharp';
import { Semaphore } from '../../domain/kernel/concurrency.ts';
import { checkedPng, MAX_PNG_BYTES, PngError } from './checked-png.ts';

/** Where a response contains its image. */
export type ImageSource = { kind: 'base64'; text: string } | { kind: 'url'; url: string };

/**
 * Field names that may contain an image, the most specific first. OpenAI uses `data` and `b64_json`.
 * SiliconFlow, fal and Stable Diffusion's web UI use `images`, and Replicate `output`. Stability uses
 * `artifacts` and `base64`, Vertex `predictions` and `bytesBase64Encoded`, Cloudflare `result` and
 * `image`, and OpenRouter `choices`, `message` and `image_url`.
 */
const NAMES = [
  'b64_json',
  'bytesBase64Encoded',
  'base64',
  'b64',
  'image_base64',
  'image',
  'url',
  'image_url',
  'data',
  'images',
  'output',
  'artifacts',
  'predictions',
  'result',
  'choices',
  'message',
] as const;
/** Fields that contain prose if their value is a string. */
const PROSE: ReadonlySet<string> = new Set(['choices', 'message']);

/** Maximum nesting of these formats. */
const DEEPEST = 8;
/** Maximum number of images to look at; only one was requested. */
const MAX_SOURCES = 4;

/** Finds possible images in a response, the most likely first. */
export function sourcesIn(body: unknown): ImageSource[] {
  return typeof body === 'object' ? [...walk(body, 0)].slice(0, MAX_SOURCES) : [];
}

function* walk(value: unknown, depth: number): Generator<ImageSource> {
  if (typeof value === 'string') {
    const source = sourceOf(value);
    if (source) yield source;
  } else if (depth < DEEPEST) {
    for (const part of partsOf(value)) yield* walk(part, depth + 1);
  }
}

/** The entries of a list, or the fields of an object that may contain an image. */
function partsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.slice(0, MAX_SOURCES);
  if (typeof value !== 'object' || value === null) return [];
  const fields = value as Record<string, unknown>;
  return NAMES.filter((name) => Object.hasOwn(fields, name))
    .filter((name) => !(PROSE.has(name) && typeof fields[name] === 'string'))
    .map((name) => fields[name]);
}

/** Shorter strings cannot contain an image. */
const SHORTEST_PICTURE = 12;

function sourceOf(text: string): ImageSource | undefined {
  const start = text.slice(0, 8).toLowerCase();
  if (start.startsWith('http://') || start === 'https://') return { kind: 'url', url: text };
  return text.length < SHORTEST_PICTURE ? undefined : { kind: 'base64', text };
}

/**
 * Decodes base64 in all its variants: with line breaks, in the alphabet for URLs, with or without padding,
 * or as a data URL. Returns `undefined` for invalid or incomplete text. Node's decoder ignores invalid
 * characters, so this compares the number of bytes with the length of the text.
 */
export function bytesFromBase64(text: string): Uint8Array | undefined {
  const encoded = withoutDataUrl(text);
  return decoded(encoded) ?? decoded(encoded.replaceAll(/\s/g, ''));
}

/** Maximum length of a data URL's header. */
const LONGEST_HEADER = 200;

function withoutDataUrl(text: string): string {
  const start = text.slice(0, LONGEST_HEADER).trimStart();
  if (start.slice(0, 5).toLowerCase() !== 'data:') return text;
  const comma = text.slice(0, LONGEST_HEADER).indexOf(',');
  return comma < 0 ? text : text.slice(comma + 1);
}

function decoded(text: string): Uint8Array | undefined {
  let length = text.length;
  while (length > 0 && text[length - 1] === '=') length -= 1;
  // A character encodes six bits, so a single remaining one cannot encode a byte.
  if (length % 4 === 1) return undefined;
  const size = Math.floor((length * 3) / 4);
  // Not from Node's buffer pool: a small image would keep the whole slab in memory.
  const bytes = Buffer.allocUnsafeSlow(size);
  if (bytes.write(text, 'base64') !== size) return undefined;
  return new Uint8Array(bytes.buffer);
}

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
