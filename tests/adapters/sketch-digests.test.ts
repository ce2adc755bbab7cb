import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { DISHES } from '../../src/adapters/image-generator/sketch/dishes/dishes.ts';
import { composeScene } from '../../src/adapters/image-generator/sketch/scene.ts';
import { SketchImageGenerator } from '../../src/adapters/image-generator/sketch.ts';
import { dishPrompt } from '../../src/domain/cafe/dish-prompt.ts';
import { countryByCode, scopePhrase } from '../../src/domain/countries/country.ts';

const SEEDS = ['one', 'two', 'three', 'four', 'five', 'six'];

/** SHA-256 of the SVG text of one country's scenes, one for each seed. Recorded at commit 026e54d. */
const DRAWINGS: [country: string | undefined, digest: string][] = [
  [undefined, 'e51c926b487f256c6967e59a2166a286a5be82023b1fe5353c841c4ef9936297'],
  ['JP', '52261cd1706663f7f074e74d65cd0d892bba77a750e7fdcdcd9e5511d7ff8381'],
  ['TH', 'a496e2350010960380be6dd6d592f39025d6492dac601ed2bc867ea6e9e487e7'],
  ['IN', '50f1bc2d93d0f2e3fb3420a12d50752711b90afc7eee349e29413e6e512d446d'],
  ['MA', '20e230f4f39c3cf10efcb3b3d1b931065bbb993dab9b1bff39509457c51eb856'],
  ['UZ', '3964b87e95803d4121cdfbfa66ac08c2af76feb10c67b1c8a4c43856756625c9'],
  ['PT', '4eec9db25554b2ae74a1064ea61a4f1c71a1d91dd1a4cb2ea20cef824af9ec1f'],
  ['DE', '4e91ff821797d16ad3b5416590a5a13806b9ff739d469cd87843d5a2f83a2cdd'],
  ['NO', 'abe0a47b3460f0c850b13ccf0def2385449879850c64357d8b5275e3db9452d7'],
  ['ET', 'd94e6e3bed16104df4fab3f2a6554c970e9d192a9684bbc9f75ac8b30a33325c'],
  ['GH', 'f027e69eae9a2b646a884f481b23defdbbd6810af5c5db1a2b64d6c395e85701'],
  ['MX', 'a2d9bab81cfe2eebd5366e80cac03af39ceadb4c7ba489ff2d4aff5801e35f9b'],
  ['CL', '762e408638efbcafec58a9191d864b9101fa6c2e95ba3a92a3e8bae5b9fe6506'],
  ['JM', 'c09805dffdc6bc33c3d7f77e19a9d1a88ad23021038f2ade023aa79c3276f7d0'],
  ['US', '4226fc6ff0e42ac01d181e35ceda44c56fb7087c934a5803dd81e4015bae7bf7'],
  ['AQ', 'c5e1402ea1030e6e4a4d83bd4cff7f6c6cc65497fb5d2e3b5e96a624e3bdca6c'],
];

/** SHA-256 of the raw pixels of what the service draws. Recorded at commit 026e54d. */
const PIXELS: [country: string | undefined, seed: string, digest: string][] = [
  [undefined, 'a', '1304c0b0e2713842d3f1ed7e8cde90a1065c780e5684b073726b262943eaa152'],
  ['JP', 'a', '1d378b0482c43e2da54eddc773b33964e1123935fb6444de2a31ac698f82a1fc'],
  ['JP', 'b', '0056f15cb88d1c227752dd496cae566a92cc0e82bbcb94ed0e5fc5951d64405e'],
  ['ET', 'b', '82e458e238327c621e0ca45b88040204e81b01146091e72d24b5ef008ef19e5f'],
  ['MX', 'c', 'e2d9c3e756424efadcea220d8e746d08848d209063dac5c19aa273c357fef1ce'],
  ['PT', 'd', '5fe2ef2a87df71066cb534f9f8f900616cd4a841a5eebd6fb211ce24bd4e5c66'],
  ['IN', 'e', '80fbc696e2a22e08fd31512c08c3a8a2e3a70cee296c3cf6d4a4218176aae791'],
];

const named = (code: string | undefined) => (code ? countryByCode(code) : undefined);

function sha256(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function scenesOf(country: string | undefined) {
  const theme = `A meal as it is popular ${scopePhrase(named(country))}, on a table.`;
  return SEEDS.map((seed) => composeScene(theme, seed));
}

describe('the pictures of the sketch generator', () => {
  test.each(DRAWINGS)('are composed as ever, for the country %s', (country, digest) => {
    const drawn = scenesOf(country).flatMap(({ drawing, light }) => [drawing, light]);
    expect(sha256(...drawn)).toBe(digest);
  });

  test('show every dish in these scenes', () => {
    const dishes = DRAWINGS.flatMap(([country]) =>
      scenesOf(country).map(({ order }) => order.dish),
    );
    expect(new Set(dishes)).toEqual(new Set(Object.keys(DISHES)));
  });

  // The drawing is text and the same everywhere. Its pixels are those of the pinned version of sharp,
  // and an ARM processor may round the last bit of one differently.
  test.runIf(process.platform === 'linux' && process.arch === 'x64').each(PIXELS)(
    'have the same pixels as ever, for the country %s and the seed %s',
    async (country, seed, digest) => {
      const request = { prompt: dishPrompt(named(country)), seed, reservedMicroUsd: 0 };
      const { bytes } = await new SketchImageGenerator().generate(request);
      expect(sha256(await sharp(bytes).raw().toBuffer())).toBe(digest);
    },
  );
});
