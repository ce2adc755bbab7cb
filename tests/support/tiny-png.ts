import { crc32, deflateSync } from 'node:zlib';

export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

export interface TinyPng {
  /** Pixels. */
  width?: number;
  height?: number;
  /** Another seed, another picture. */
  seed?: number;
  /** Bytes of ballast in a chunk that readers pass over, to make it as heavy as a real picture. */
  ballast?: number;
}

/** A small, real PNG: truecolour, every pixel derived from the seed. */
export function tinyPng({ width = 16, height = 16, seed = 0, ballast = 0 }: TinyPng = {}) {
  return pngOf(
    pngChunk('IHDR', pngHeader({ width, height })),
    ...(ballast > 0 ? [pngChunk('baLl', noise(ballast, seed))] : []),
    pngChunk('IDAT', deflateSync(pixels(width, height, seed))),
    pngChunk('IEND'),
  );
}

export interface PngHeader {
  width?: number;
  height?: number;
  depth?: number;
  colourType?: number;
  compression?: number;
  filter?: number;
  interlace?: number;
}

/** The data of an IHDR chunk; the values need not make sense. */
export function pngHeader(header: PngHeader = {}): Uint8Array {
  const { width = 16, height = 16, depth = 8, colourType = 2 } = header;
  const { compression = 0, filter = 0, interlace = 0 } = header;
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set([depth, colourType, compression, filter, interlace], 8);
  return data;
}

/** A chunk with its length and CRC. */
export function pngChunk(type: string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}

/** A file of the signature and these chunks, whether they make a picture or not. */
export function pngOf(...chunks: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat([PNG_SIGNATURE, ...chunks]));
}

function pixels(width: number, height: number, seed: number): Uint8Array {
  const row = 1 + width * 3;
  const raw = new Uint8Array(row * height);
  const colour = noise(3, seed);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const shade = (x * 7 + y * 13) & 31;
      raw.set(
        colour.map((part) => part ^ shade),
        y * row + 1 + x * 3,
      );
    }
  }
  return raw;
}

/** Bytes that do not compress, the same for the same seed (mulberry32). */
function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed + 1) | 0;
  for (let i = 0; i < length; i += 1) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    bytes[i] = mixed ^ (mixed >>> 14);
  }
  return bytes;
}
