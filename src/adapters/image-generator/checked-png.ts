import { crc32 } from 'node:zlib';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

export const MAX_PNG_BYTES = 16 * 1024 * 1024;
/** According to the header: the image is not decoded. */
const MAX_PNG_PIXELS = 4096 * 4096;

/** PNG specification, table 11.1: the bit depths that each colour type allows. */
const BIT_DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
const PALETTE_COLOUR = 3;

/** Size of a chunk's length, type and CRC. */
const CHUNK_FRAME = 12;
const LONGEST_CHUNK = 2 ** 31 - 1;

export type PngFlaw = 'not_a_png' | 'damaged_png' | 'oversized_png';

/** Bytes are not a valid PNG; the message says why. */
export class PngError extends Error {
  readonly flaw: PngFlaw;

  constructor(flaw: PngFlaw, message: string) {
    super(message);
    this.name = 'PngError';
    this.flaw = flaw;
  }
}

interface Chunk {
  type: string;
  data: Uint8Array;
}

/**
 * Checks that bytes are exactly one complete PNG: signature, valid header, complete chunks with correct
 * CRCs, consecutive image data, and nothing after the end. Other programs might read extra bytes as
 * another format. The image data is not decompressed.
 *
 * @returns the size in pixels, from the header
 * @throws PngError
 */
export function checkedPng(bytes: Uint8Array): { width: number; height: number } {
  if (bytes.length > MAX_PNG_BYTES) {
    throw new PngError('oversized_png', `${bytes.length} bytes are more than ${MAX_PNG_BYTES}`);
  }
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) {
    throw new PngError('not_a_png', 'the PNG signature is missing');
  }
  const walk = chunksOf(bytes);
  const header = headerOf(walk.next().value);
  const order = new ChunkOrder(header.colourType);
  for (const chunk of walk) order.take(chunk);
  order.finish();
  return { width: header.width, height: header.height };
}

/** Yields all chunks, and checks that they are complete and have correct CRCs. */
function* chunksOf(bytes: Uint8Array): Generator<Chunk, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length; at < bytes.length; ) {
    if (bytes.length - at < CHUNK_FRAME) throw damaged(`the chunk at byte ${at} is cut off`);
    const length = view.getUint32(at);
    if (length > LONGEST_CHUNK || length > bytes.length - at - CHUNK_FRAME) {
      throw damaged(`the chunk at byte ${at} is longer than the file`);
    }
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) throw damaged(`the chunk at byte ${at} has no proper type`);
    const end = at + 8 + length;
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      throw damaged(`the CRC of ${type} at byte ${at} is wrong`);
    }
    yield { type, data: bytes.subarray(at + 8, end) };
    at = end + 4;
  }
  return undefined;
}

function headerOf(chunk: Chunk | undefined) {
  if (chunk?.type !== 'IHDR') throw damaged('IHDR is not the first chunk');
  if (chunk.data.length !== 13) throw damaged('IHDR does not have 13 bytes');
  const view = new DataView(chunk.data.buffer, chunk.data.byteOffset, chunk.data.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType] = [view.getUint8(8), view.getUint8(9)];
  if (width === 0 || height === 0) throw damaged(`${width}x${height} is not a valid size`);
  if (width * height > MAX_PNG_PIXELS) {
    throw new PngError('oversized_png', `${width}x${height} is more than ${MAX_PNG_PIXELS} pixels`);
  }
  if (!BIT_DEPTHS[colourType]?.includes(depth)) {
    throw damaged(`colour type ${colourType} has no bit depth ${depth}`);
  }
  if (view.getUint8(10) !== 0) throw damaged('the compression method is unknown');
  if (view.getUint8(11) !== 0) throw damaged('the filter method is unknown');
  if (view.getUint8(12) > 1) throw damaged('the interlace method is unknown');
  return { width, height, colourType };
}

/** Checks the order of the chunks after the header. */
class ChunkOrder {
  readonly #colourType: number;
  #palette = false;
  #pictureBytes = 0;
  #last = 'IHDR';
  #pictureOver = false;

  constructor(colourType: number) {
    this.#colourType = colourType;
  }

  take({ type, data }: Chunk): void {
    if (this.#last === 'IEND') throw damaged(`${type} follows IEND`);
    if (this.#last === 'IDAT' && type !== 'IDAT') this.#pictureOver = true;
    if (type === 'PLTE') this.#takePalette(data);
    else if (type === 'IDAT') this.#takePicture(data);
    else if (type === 'IEND') this.#takeEnd(data);
    // A chunk whose name starts with a capital letter must not be ignored.
    else if (/^[A-Z]/.test(type)) throw damaged(`the critical chunk ${type} is unknown`);
    this.#last = type;
  }

  finish(): void {
    if (this.#last !== 'IEND') throw damaged('IEND is not the last chunk');
  }

  #takePalette(data: Uint8Array): void {
    if (this.#palette || this.#pictureBytes > 0) throw damaged('PLTE is in the wrong place');
    if (data.length === 0 || data.length > 768 || data.length % 3 !== 0) {
      throw damaged(`PLTE cannot have ${data.length} bytes`);
    }
    this.#palette = true;
  }

  #takePicture(data: Uint8Array): void {
    if (this.#pictureOver) throw damaged('the image data is not consecutive');
    if (this.#colourType === PALETTE_COLOUR && !this.#palette)
      throw damaged('the palette is missing');
    this.#pictureBytes += data.length;
  }

  #takeEnd(data: Uint8Array): void {
    if (data.length > 0) throw damaged('IEND is not empty');
    if (this.#pictureBytes === 0) throw damaged('there is no image data');
  }
}

function damaged(what: string): PngError {
  return new PngError('damaged_png', what);
}
