import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  checkedPng,
  MAX_PNG_BYTES,
  PngError,
} from '../../src/adapters/image-generator/checked-png.ts';
import { type PngHeader, pngChunk, pngHeader, pngOf, tinyPng } from '../support/tiny-png.ts';

const header = (changed: PngHeader = {}) => pngChunk('IHDR', pngHeader(changed));
const data = pngChunk('IDAT', Uint8Array.of(1, 2, 3));
const end = pngChunk('IEND');
const palette = pngChunk('PLTE', Uint8Array.of(1, 2, 3));

/** The flaw and the words of the refusal. */
function refusalOf(bytes: Uint8Array): { flaw: string; message: string } {
  try {
    checkedPng(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(PngError);
    return error as PngError;
  }
  throw new Error('The bytes were taken for a PNG.');
}

describe('a whole PNG', () => {
  it.each([
    [1, 1],
    [7, 300],
    [1024, 1024],
  ])('of %ix%i pixels is taken, and its size is that of the header', (width, height) => {
    expect(checkedPng(tinyPng({ width, height }))).toEqual({ width, height });
  });

  it('is taken from any encoder', async () => {
    const blank = { create: { width: 30, height: 20, channels: 4, background: '#1238' } } as const;
    for (const options of [{}, { palette: true }, { progressive: true }, { compressionLevel: 0 }]) {
      const png = await sharp(blank).png(options).toBuffer();
      expect(checkedPng(png)).toEqual({ width: 30, height: 20 });
    }
    const grey = await sharp(blank).greyscale().toColourspace('b-w').png().toBuffer();
    expect(checkedPng(grey)).toEqual({ width: 30, height: 20 });
  });

  it('is taken where it lies within a larger buffer', () => {
    const png = tinyPng();
    const larger = new Uint8Array(png.length + 20).fill(0xff);
    larger.set(png, 7);
    expect(checkedPng(larger.subarray(7, 7 + png.length))).toEqual({ width: 16, height: 16 });
  });

  it('may have a palette, notes, and data in several chunks', () => {
    const note = pngChunk('tEXt', new TextEncoder().encode('Title\0Soup'));
    expect(checkedPng(pngOf(header(), note, palette, data, data, note, end))).toBeDefined();
    const indexed = header({ colourType: 3, depth: 4 });
    expect(checkedPng(pngOf(indexed, palette, data, end))).toBeDefined();
  });
});

describe('what is no PNG', () => {
  it.each([
    ['nothing', new Uint8Array()],
    ['a JPEG', Buffer.from('ffd8ffe000104a464946', 'hex')],
    ['a PNG without its first byte', tinyPng().subarray(1)],
    ['a PNG whose line ends were changed', Buffer.from('89504e470a1a0a0000000d', 'hex')],
  ])('is refused by its signature: %s', (_, bytes) => {
    expect(refusalOf(bytes)).toMatchObject({
      flaw: 'not_a_png',
      message: expect.stringContaining('signature'),
    });
  });
});

describe('a damaged PNG', () => {
  it.each<[string, Uint8Array, string]>([
    ['no chunk at all', pngOf(), 'IHDR is not the first'],
    ['another chunk first', pngOf(pngChunk('tEXt'), header(), data, end), 'IHDR is not the first'],
    ['a short header', pngOf(pngChunk('IHDR', new Uint8Array(12)), data, end), '13 bytes'],
    ['two headers', pngOf(header(), header(), data, end), 'the critical chunk IHDR is unknown'],
    ['no width', pngOf(header({ width: 0 }), data, end), '0x16'],
    ['no height', pngOf(header({ height: 0 }), data, end), '16x0'],
    ['a bit depth of 3', pngOf(header({ depth: 3 }), data, end), 'bit depth 3'],
    ['truecolour of 4 bits', pngOf(header({ depth: 4 }), data, end), 'colour type 2'],
    ['a colour type of 5', pngOf(header({ colourType: 5 }), data, end), 'colour type 5'],
    ['an unknown compression', pngOf(header({ compression: 1 }), data, end), 'compression'],
    ['an unknown filter', pngOf(header({ filter: 1 }), data, end), 'filter'],
    ['an unknown interlacing', pngOf(header({ interlace: 2 }), data, end), 'interlace'],
    ['no data', pngOf(header(), end), 'no image data'],
    ['empty data', pngOf(header(), pngChunk('IDAT'), end), 'no image data'],
    ['data in two runs', pngOf(header(), data, pngChunk('tEXt'), data, end), 'not consecutive'],
    ['no palette where it needs one', pngOf(header({ colourType: 3 }), data, end), 'palette'],
    ['a palette behind the data', pngOf(header(), data, palette, end), 'PLTE'],
    ['two palettes', pngOf(header(), palette, palette, data, end), 'PLTE'],
    [
      'a palette of 4 bytes',
      pngOf(header(), pngChunk('PLTE', new Uint8Array(4)), data, end),
      'PLTE',
    ],
    ['a chunk that must be known', pngOf(header(), pngChunk('CgBI'), data, end), 'CgBI'],
    ['a chunk type of digits', pngOf(header(), pngChunk('12 4'), data, end), 'type'],
    ['no end', pngOf(header(), data), 'IEND is not the last'],
    ['an end with data', pngOf(header(), data, pngChunk('IEND', new Uint8Array(1))), 'not empty'],
    ['a chunk behind the end', pngOf(header(), data, end, pngChunk('tEXt')), 'follows IEND'],
    ['a second end', pngOf(header(), data, end, end), 'follows IEND'],
    ['a byte behind the end', pngOf(header(), data, end, Uint8Array.of(0)), 'cut off'],
    [
      'a script behind the end',
      pngOf(header(), data, end, Buffer.from('<script>1</script>')),
      'byte',
    ],
  ])('is refused for %s', (_, bytes, words) => {
    expect(refusalOf(bytes)).toMatchObject({
      flaw: 'damaged_png',
      message: expect.stringContaining(words),
    });
  });

  it('is refused for a wrong CRC, by the name of the chunk', () => {
    const png = pngOf(header(), data, end);
    png[png.length - 13]! ^= 1;
    expect(refusalOf(png).message).toContain('the CRC of IDAT at byte 33');
  });

  it('is refused for a chunk that claims to be longer than the file', () => {
    for (const length of [4, 0x7fffffff, 0x80000000, 0xffffffff]) {
      const png = pngOf(header(), data, end);
      new DataView(png.buffer).setUint32(33 + data.length, length);
      expect(refusalOf(png).message).toContain('longer than the file');
    }
  });

  it('is refused wherever it is cut off', () => {
    const png = tinyPng();
    for (let length = 0; length < png.length; length += 1) {
      expect(refusalOf(png.subarray(0, length)).flaw).toMatch(/^(not_a_png|damaged_png)$/);
    }
  });

  it('is refused for any single changed byte', () => {
    const png = tinyPng({ seed: 3 });
    fc.assert(
      fc.property(fc.nat(png.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = png.slice();
        changed[at]! ^= change;
        refusalOf(changed);
      }),
    );
  });
});

describe('an oversized PNG', () => {
  it('is refused by its bytes', () => {
    expect(refusalOf(new Uint8Array(MAX_PNG_BYTES + 1)).flaw).toBe('oversized_png');
  });

  it.each([
    [60_000, 60_000],
    [4096, 4097],
    [2 ** 32 - 1, 2 ** 32 - 1],
    [16_777_217, 1],
  ])('is refused by a header of %ix%i, without unpacking', (width, height) => {
    const png = pngOf(header({ width, height }), data, end);
    expect(refusalOf(png)).toMatchObject({
      flaw: 'oversized_png',
      message: expect.stringContaining(`${width}x${height}`),
    });
  });

  it('is not one of exactly 4096x4096', () => {
    const png = pngOf(header({ width: 4096, height: 4096 }), data, end);
    expect(checkedPng(png)).toEqual({ width: 4096, height: 4096 });
  });
});
