import { describe, expect, test } from 'vitest';
import { DISHES } from '../src/dishes/dishes.ts';
import { composeScene } from '../src/scene.ts';
import { TABLES } from '../src/tables/tables.ts';
import { VESSELS } from '../src/vessels/vessels.ts';

const COUNTRIES = ['JP', 'TH', 'IN', 'SA', 'UZ', 'ES', 'DE', 'ET', 'GH', 'MX', 'JM', 'US'];

/** Fifteen pictures in each of a dozen countries. */
function manyScenes() {
  return COUNTRIES.flatMap((country) =>
    Array.from({ length: 15 }, (_, page) =>
      composeScene({ theme: `A dish from ${country}`, country, seed: `/page/${page}` }),
    ),
  );
}

describe('a scene', () => {
  test('varies by the theme alone', () => {
    const themes = ['France', 'Guinea', 'Equatorial Guinea', 'Niger', 'Nigeria'];
    const drawn = themes.map((theme) => composeScene({ theme, seed: 'one seed' }).drawing);
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  test('varies by the country alone', () => {
    const drawn = ['JP', 'MX', 'ET', undefined].map((country) => {
      return composeScene({ theme: 'one theme', country, seed: 'one seed' }).drawing;
    });
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  test('shows every dish, vessel and table sooner or later, and has no broken number', () => {
    const all = manyScenes();
    expect(new Set(all.map(({ order }) => order.dish))).toEqual(new Set(Object.keys(DISHES)));
    expect(new Set(all.map(({ order }) => order.table))).toEqual(new Set(Object.keys(TABLES)));
    expect(new Set(all.map(({ vessel }) => vessel))).toEqual(new Set(Object.keys(VESSELS)));
    for (const { drawing, light } of all)
      expect(drawing + light).not.toMatch(/NaN|Infinity|undefined/);
  });
});
