import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { countryNamedIn, SketchImageGenerator } from '../../src/adapters/image-generator/sketch.ts';
import { dishPrompt } from '../../src/domain/cafe/dish-prompt.ts';
import { COUNTRIES, countryByCode } from '../../src/domain/countries/country.ts';

const generator = new SketchImageGenerator();

/** SHA-256 of the raw pixels, recorded before the painter became a package. */
const PIXELS: [country: string | undefined, seed: string, digest: string][] = [
  [undefined, 'a', '1304c0b0e2713842d3f1ed7e8cde90a1065c780e5684b073726b262943eaa152'],
  ['JP', 'a', '1d378b0482c43e2da54eddc773b33964e1123935fb6444de2a31ac698f82a1fc'],
  ['JP', 'b', '0056f15cb88d1c227752dd496cae566a92cc0e82bbcb94ed0e5fc5951d64405e'],
  ['ET', 'b', '82e458e238327c621e0ca45b88040204e81b01146091e72d24b5ef008ef19e5f'],
  ['MX', 'c', 'e2d9c3e756424efadcea220d8e746d08848d209063dac5c19aa273c357fef1ce'],
  ['PT', 'd', '5fe2ef2a87df71066cb534f9f8f900616cd4a841a5eebd6fb211ce24bd4e5c66'],
  ['IN', 'e', '80fbc696e2a22e08fd31512c08c3a8a2e3a70cee296c3cf6d4a4218176aae791'],
];

function requestFor(code: string | undefined, seed: string) {
  const country = code === undefined ? undefined : countryByCode(code);
  return { prompt: dishPrompt(country), seed, reservedMicroUsd: 0 };
}

describe('the sketch generator', () => {
  test('is free and says so', async () => {
    expect(generator.model).toBe('sketch');
    expect(generator.dearestMicroUsd).toBe(0);
    const image = await generator.generate(requestFor('PT', '/about'));
    expect(image).toMatchObject({ width: 1024, height: 1024, model: 'sketch', costMicroUsd: 0 });
  });

  test('finds the country of every prompt', () => {
    for (const country of COUNTRIES) expect(countryNamedIn(dishPrompt(country))).toBe(country);
    expect(countryNamedIn(dishPrompt(undefined))).toBeUndefined();
  });

  // Pixels are those of the pinned version of sharp on x64. On other processors, the last bit of a
  // pixel may be rounded differently; there, the digests of the drawings in packages/sketch-painter
  // are compared alone.
  test.runIf(process.platform === 'linux' && process.arch === 'x64').each(PIXELS)(
    'draws the recorded pixels, for the country %s and the seed %s',
    async (country, seed, digest) => {
      const { bytes } = await generator.generate(requestFor(country, seed));
      const pixels = await sharp(bytes).raw().toBuffer();
      expect(createHash('sha256').update(pixels).digest('hex')).toBe(digest);
    },
  );
});
