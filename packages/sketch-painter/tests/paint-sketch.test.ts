import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { paintSketch, type SketchRequest } from '../src/paint-sketch.ts';

function requestFor(country: string | undefined, page: string): SketchRequest {
  return { theme: `A dish from ${country ?? 'anywhere'}`, country, seed: page };
}

/** The picture at 32 by 32 pixels: what it looks like from far away. */
async function thumbnailOf(request: SketchRequest): Promise<Uint8Array> {
  const { bytes } = await paintSketch(request);
  return sharp(bytes).resize(32, 32).raw().toBuffer();
}

/** The mean difference of a channel, from 0 to 255. */
function difference(left: Uint8Array, right: Uint8Array): number {
  const sum = left.reduce((total, value, at) => total + Math.abs(value - (right[at] ?? 0)), 0);
  return sum / left.length;
}

function pairsOf<T>(things: readonly T[]): [T, T][] {
  return things.flatMap((left, at) => things.slice(at + 1).map((right): [T, T] => [left, right]));
}

async function smallestDifference(requests: SketchRequest[]): Promise<number> {
  const thumbnails: Uint8Array[] = [];
  for (const request of requests) thumbnails.push(await thumbnailOf(request));
  return Math.min(...pairsOf(thumbnails).map(([left, right]) => difference(left, right)));
}

describe('a sketch', () => {
  test('is an opaque 8-bit PNG of the size it reports', async () => {
    const sketch = await paintSketch(requestFor('PT', '/about'));
    const found = await sharp(sketch.bytes).metadata();
    expect(found).toMatchObject({ format: 'png', width: 1024, height: 1024, channels: 3 });
    expect(found).toMatchObject({ depth: 'uchar', space: 'srgb', hasAlpha: false });
    expect(sketch).toMatchObject({ width: 1024, height: 1024 });
    expect(sketch.bytes.length).toBeLessThan(2_500_000);
  });

  test('fills every corner', async () => {
    const { bytes } = await paintSketch(requestFor('IS', '/'));
    const { channels } = await sharp(bytes).stats();
    for (const { stdev } of channels) expect(stdev).toBeGreaterThan(10);
    for (const [left, top] of [
      [0, 0],
      [992, 0],
      [0, 992],
      [992, 992],
    ] as const) {
      const corner = await sharp(bytes).extract({ left, top, width: 32, height: 32 }).stats();
      expect(Math.max(...corner.channels.map(({ mean }) => mean))).toBeGreaterThan(8);
    }
  });

  test('has the same bytes for the same request, also when two are drawn at once', async () => {
    const request = requestFor('JP', '/same');
    const [first, second] = await Promise.all([paintSketch(request), paintSketch({ ...request })]);
    expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
  });

  test('looks clearly different for each seed of one theme', async () => {
    const pages = ['/', '/about', '/2024/bread', '/feed'];
    const requests = pages.map((page) => requestFor('IN', page));
    expect(await smallestDifference(requests)).toBeGreaterThan(10);
  });

  test('looks clearly different in different countries', async () => {
    const countries = [undefined, 'ET', 'MX', 'VN'];
    const requests = countries.map((country) => requestFor(country, '/about'));
    expect(await smallestDifference(requests)).toBeGreaterThan(10);
  });
});
