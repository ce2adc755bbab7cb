import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DISHES } from '../src/dishes/dishes.ts';
import { composeScene } from '../src/scene.ts';

const SEEDS = ['one', 'two', 'three', 'four', 'five', 'six'];

/**
 * SHA-256 of the SVG text of a country's scenes, one for each seed, recorded before the painter
 * became a package. Text is the same on every processor; tests/adapters/sketch.test.ts of the
 * service compares pixels.
 */
const DRAWINGS: [country: string | undefined, place: string, digest: string][] = [
  [
    undefined,
    'somewhere in the world',
    'e51c926b487f256c6967e59a2166a286a5be82023b1fe5353c841c4ef9936297',
  ],
  ['JP', 'in Japan', '52261cd1706663f7f074e74d65cd0d892bba77a750e7fdcdcd9e5511d7ff8381'],
  ['TH', 'in Thailand', 'a496e2350010960380be6dd6d592f39025d6492dac601ed2bc867ea6e9e487e7'],
  ['IN', 'in India', '50f1bc2d93d0f2e3fb3420a12d50752711b90afc7eee349e29413e6e512d446d'],
  ['MA', 'in Morocco', '20e230f4f39c3cf10efcb3b3d1b931065bbb993dab9b1bff39509457c51eb856'],
  ['UZ', 'in Uzbekistan', '3964b87e95803d4121cdfbfa66ac08c2af76feb10c67b1c8a4c43856756625c9'],
  ['PT', 'in Portugal', '4eec9db25554b2ae74a1064ea61a4f1c71a1d91dd1a4cb2ea20cef824af9ec1f'],
  ['DE', 'in Germany', '4e91ff821797d16ad3b5416590a5a13806b9ff739d469cd87843d5a2f83a2cdd'],
  ['NO', 'in Norway', 'abe0a47b3460f0c850b13ccf0def2385449879850c64357d8b5275e3db9452d7'],
  ['ET', 'in Ethiopia', 'd94e6e3bed16104df4fab3f2a6554c970e9d192a9684bbc9f75ac8b30a33325c'],
  ['GH', 'in Ghana', 'f027e69eae9a2b646a884f481b23defdbbd6810af5c5db1a2b64d6c395e85701'],
  ['MX', 'in Mexico', 'a2d9bab81cfe2eebd5366e80cac03af39ceadb4c7ba489ff2d4aff5801e35f9b'],
  ['CL', 'in Chile', '762e408638efbcafec58a9191d864b9101fa6c2e95ba3a92a3e8bae5b9fe6506'],
  ['JM', 'in Jamaica', 'c09805dffdc6bc33c3d7f77e19a9d1a88ad23021038f2ade023aa79c3276f7d0'],
  [
    'US',
    'in the United States',
    '4226fc6ff0e42ac01d181e35ceda44c56fb7087c934a5803dd81e4015bae7bf7',
  ],
  ['AQ', 'in Antarctica', 'c5e1402ea1030e6e4a4d83bd4cff7f6c6cc65497fb5d2e3b5e96a624e3bdca6c'],
];

function scenesOf(country: string | undefined, place: string) {
  const theme = `A meal as it is popular ${place}, on a table.`;
  return SEEDS.map((seed) => composeScene({ theme, country, seed }));
}

describe('the recorded scenes', () => {
  test.each(DRAWINGS)('are the same today, for the country %s', (country, place, digest) => {
    const hash = createHash('sha256');
    for (const { drawing, light } of scenesOf(country, place)) hash.update(drawing).update(light);
    expect(hash.digest('hex')).toBe(digest);
  });

  test('show every dish', () => {
    const scenes = DRAWINGS.flatMap(([country, place]) => scenesOf(country, place));
    const dishes = scenes.map(({ order }) => order.dish);
    expect(new Set(dishes)).toEqual(new Set(Object.keys(DISHES)));
  });
});
