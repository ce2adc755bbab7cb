import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PoolIndex } from '../../../../src/domain/cafe/pool/pool-index.ts';
import { RecentImages } from '../../../../src/domain/cafe/pool/recent-images.ts';
import { type CountryCode, countryByCode } from '../../../../src/domain/countries/country.ts';
import type { PoolImage } from '../../../../src/domain/storage/image-keys.ts';

const NOTHING_SHOWN = new RecentImages();

function pictureOf(code?: CountryCode): PoolImage {
  return { day: '2026/11/21', id: randomUUID(), country: countryByCode(code) };
}

function poolOf(pictures: PoolImage[]): PoolIndex {
  const pool = new PoolIndex();
  for (const picture of pictures) pool.add(picture);
  return pool;
}

/** How often each id is picked. */
function picked(pool: PoolIndex, times: number, code?: CountryCode): Map<string, number> {
  const counts = new Map<string, number>();
  for (let n = 0; n < times; n += 1) {
    const { id } = pool.pick(countryByCode(code), NOTHING_SHOWN)!;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** 200 picks of each are expected; a deviation by half is one of seven standard deviations. */
function expectFair(counts: Map<string, number>, among: PoolImage[]): void {
  expect([...counts.keys()].toSorted()).toEqual(among.map(({ id }) => id).toSorted());
  for (const count of counts.values()) {
    expect(count).toBeGreaterThan(100);
    expect(count).toBeLessThan(300);
  }
}

describe('a pick', () => {
  it("gives each of the country's pictures the same chance", () => {
    const french = Array.from({ length: 40 }, () => pictureOf('FR'));
    const others = Array.from({ length: 300 }, () => pictureOf('JP'));
    expectFair(picked(poolOf([...others, ...french]), 200 * 40, 'FR'), french);
  });

  it('gives each of all pictures the same chance where the country has none', () => {
    const all = [
      ...Array.from({ length: 35 }, () => pictureOf('FR')),
      ...Array.from({ length: 5 }, () => pictureOf()),
      pictureOf('JP'),
    ];
    expectFair(picked(poolOf(all), 200 * 41, 'DE'), all);
    expectFair(picked(poolOf(all), 200 * 41), all);
  });

  it('is fair among those that are left', () => {
    const all = Array.from({ length: 60 }, () => pictureOf('FR'));
    const pool = poolOf(all);
    for (const picture of all.slice(0, 30)) pool.delete(picture);
    expectFair(picked(pool, 200 * 30, 'FR'), all.slice(30));
  });

  it('N2: never takes a country for another that its name is part of', () => {
    const guinea = pictureOf('GN');
    const pool = poolOf([guinea, pictureOf('GQ'), pictureOf('GW'), pictureOf('PG')]);
    expect([...picked(pool, 100, 'GN').keys()]).toEqual([guinea.id]);
  });

  it('finds another country when the last picture of one has gone, and nothing in the end', () => {
    const [french, japanese] = [pictureOf('FR'), pictureOf('JP')];
    const pool = poolOf([french, japanese, french]);
    expect(pool.size).toBe(2);
    pool.delete(french);
    pool.delete(french);
    expect(pool.pick(french.country, NOTHING_SHOWN)).toEqual(japanese);
    pool.delete(japanese);
    expect([
      pool.size,
      pool.pick(french.country, NOTHING_SHOWN),
      pool.pick(undefined, NOTHING_SHOWN),
    ]).toEqual([0, undefined, undefined]);
  });
});
