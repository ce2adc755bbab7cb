import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { DISHES } from '../../src/adapters/image-generator/sketch/dishes/dishes.ts';
import { composeScene, type Scene } from '../../src/adapters/image-generator/sketch/scene.ts';
import { TABLES } from '../../src/adapters/image-generator/sketch/tables/tables.ts';
import { VESSELS } from '../../src/adapters/image-generator/sketch/vessels/vessels.ts';
import { SketchImageGenerator } from '../../src/adapters/image-generator/sketch.ts';
import { dishPrompt } from '../../src/domain/cafe/dish-prompt.ts';
import { type Country, countryByCode } from '../../src/domain/countries/country.ts';
import type { ImageRequest } from '../../src/domain/generation/image-generator.ts';

const generator = new SketchImageGenerator();

function requestFor(country: Country | undefined, page: string): ImageRequest {
  const seed = `${page} ${country?.slug ?? 'world'}`;
  return { prompt: dishPrompt(country), seed, reservedMicroUsd: 0 };
}

/** The picture as one would see it across the room. */
async function glance(bytes: Uint8Array): Promise<Uint8Array> {
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

async function closest(requests: ImageRequest[]): Promise<number> {
  const glances: Uint8Array[] = [];
  for (const request of requests)
    glances.push(await glance((await generator.generate(request)).bytes));
  return Math.min(...pairsOf(glances).map(([left, right]) => difference(left, right)));
}

/** What fifteen pages show in a dozen countries. */
function scenes(): Scene[] {
  const codes = ['JP', 'TH', 'IN', 'SA', 'UZ', 'ES', 'DE', 'ET', 'GH', 'MX', 'JM', 'US'];
  return codes.flatMap((code) =>
    Array.from({ length: 15 }, (_, page) => {
      const { prompt, seed } = requestFor(countryByCode(code), `/page/${page}`);
      return composeScene(prompt, seed);
    }),
  );
}

describe('the sketch generator', () => {
  test('is free and says so', () => {
    expect(generator.model).toBe('sketch');
    expect(generator.dearestMicroUsd).toBe(0);
  });

  test('draws an opaque 8-bit PNG of the size it reports', async () => {
    const image = await generator.generate(requestFor(countryByCode('PT'), '/about'));
    const found = await sharp(image.bytes).metadata();
    expect(found).toMatchObject({ format: 'png', width: 1024, height: 1024, channels: 3 });
    expect(found).toMatchObject({ depth: 'uchar', space: 'srgb', hasAlpha: false });
    expect(image).toMatchObject({ width: 1024, height: 1024, model: 'sketch', costMicroUsd: 0 });
    expect(image.bytes.length).toBeLessThan(2_500_000);
  });

  test('paints every corner and leaves no hole', async () => {
    const { bytes } = await generator.generate(requestFor(countryByCode('IS'), '/'));
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

  test('gives the same bytes for the same prompt and seed, also to another instance', async () => {
    const request = requestFor(countryByCode('JP'), '/same');
    const [first, second] = await Promise.all([
      generator.generate(request),
      new SketchImageGenerator().generate({ ...request }),
    ]);
    expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
  });

  test('gives the pages of one country clearly different pictures', async () => {
    const pages = ['/', '/about', '/2024/bread', '/feed'];
    expect(
      await closest(pages.map((page) => requestFor(countryByCode('IN'), page))),
    ).toBeGreaterThan(10);
  });

  test('gives one page clearly different pictures in different countries', async () => {
    const countries = [undefined, ...['ET', 'MX', 'VN'].map(countryByCode)];
    expect(
      await closest(countries.map((country) => requestFor(country, '/about'))),
    ).toBeGreaterThan(10);
  });

  test('also varies by the prompt where the seed stays', () => {
    const drawn = ['FR', 'GN', 'GQ', 'NE', 'NG'].map((code) => {
      return composeScene(dishPrompt(countryByCode(code)), 'one seed').drawing;
    });
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  test('serves every dish in every vessel on every table sooner or later, drawn with sound numbers', () => {
    const all = scenes();
    expect(new Set(all.map(({ order }) => order.dish))).toEqual(new Set(Object.keys(DISHES)));
    expect(new Set(all.map(({ order }) => order.table))).toEqual(new Set(Object.keys(TABLES)));
    expect(new Set(all.map(({ vessel }) => vessel))).toEqual(new Set(Object.keys(VESSELS)));
    for (const { drawing, light } of all)
      expect(drawing + light).not.toMatch(/NaN|Infinity|undefined/);
  });
});
