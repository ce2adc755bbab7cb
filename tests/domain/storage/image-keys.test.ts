import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COUNTRIES, type Country, countryByCode } from '../../../src/domain/countries/country.ts';
import { PAGE_TYPES, type PageType, pageAt } from '../../../src/domain/pages/page.ts';
import { ImageKeys, RENDITION_WIDTHS } from '../../../src/domain/storage/image-keys.ts';
import { hostilePath } from '../../support/hostile-path.ts';

const keys = new ImageKeys('generated/v2');
const SCOPES: readonly (Country | undefined)[] = [undefined, ...COUNTRIES];
const pageKey = (path: string, country?: string, type: PageType = 'article') =>
  keys.page(pageAt(path, type), countryByCode(country));

describe("a page's key", () => {
  it.each([
    ['/posts/example-article', 'FR', 'article', 'article/posts/example-article-france'],
    ['/posts/Cafe-con-leche/', 'CI', 'article', 'article/posts/cafe-con-leche-cote-d-ivoire'],
    ['/', undefined, 'index', 'index/root-anywhere'],
    ['/page/2/index.html', 'JP', 'archive', 'archive/page/2-japan'],
    ['/page/2/', 'JP', 'archive', 'archive/page/2-japan'],
    ['/About', undefined, 'article', 'article/about-anywhere'],
  ] as const)('of %s for %s is readable', (path, country, type, expected) => {
    expect(pageKey(path, country, type)).toBe(`generated/v2/page-cache/${expected}.png`);
  });

  it.each([
    ['/root', /\/root~[0-9a-f]{16}-france\.png$/],
    ['/café', /\/cafe~[0-9a-f]{16}-france\.png$/],
    ['/hello world', /\/hello-world~[0-9a-f]{16}-france\.png$/],
    ['/a--b', /\/a-b~[0-9a-f]{16}-france\.png$/],
    ['/a%2Fb', /\/a-2fb~[0-9a-f]{16}-france\.png$/],
    ['/🍣', /\/-~[0-9a-f]{16}-france\.png$/],
    ['/\u0301', /\/-~[0-9a-f]{16}-france\.png$/],
    ['/a/\u0301/b', /\/a\/-\/b~[0-9a-f]{16}-france\.png$/],
    ['/寿司/メニュー', /\/-\/-~[0-9a-f]{16}-france\.png$/],
    ['/smørrebrød-ß-œuf', /\/smorrebrod-ss-oeuf~[0-9a-f]{16}-france\.png$/],
    [`/${'x'.repeat(900)}`, /\/x{180}~[0-9a-f]{16}-france\.png$/],
  ])('N4, N5, N6: of %s, of which the slug loses something, carries a digest', (path, shape) => {
    expect(pageKey(path, 'FR')).toMatch(shape);
  });

  it('N1: belongs to the reading with the longest country, and others carry a digest', () => {
    expect(pageKey('/a', 'GQ')).toMatch(/\/a-equatorial-guinea\.png$/);
    expect(pageKey('/a-equatorial', 'GN')).toMatch(/\/a-equatorial~[0-9a-f]{16}-guinea\.png$/);
    expect(pageKey('/posts/equatorial', 'GN')).toMatch(/\/posts\/equatorial-guinea\.png$/);
  });

  it('N1: is not shared by two pages over every pair of countries', () => {
    const paths = ['/a', ...SCOPES.map((scope) => `/a-${scope?.slug ?? 'anywhere'}`)];
    const seen = new Map<string, string>();
    for (const first of SCOPES) {
      for (const path of paths) {
        const key = keys.page(pageAt(path, 'article'), first);
        const owner = `${path} ${first?.code}`;
        expect([key, seen.get(key) ?? owner]).toEqual([key, owner]);
        seen.set(key, owner);
      }
    }
    // Parts of country names, which is where two readings come from.
    for (const [ending, start] of SCOPES.flatMap((scope) => splits(scope?.slug ?? ''))) {
      const whole = COUNTRIES.find(({ slug }) => slug === ending);
      if (!whole) continue;
      const key = keys.page(pageAt(`/a-${start}`, 'article'), whole);
      expect(seen.has(key)).toBe(false);
    }
  });

  it('N5: is not shared by any two of hostile pages, and can be read back', () => {
    const request = fc.tuple(
      hostilePath(),
      fc.constantFrom(...PAGE_TYPES),
      fc.constantFrom(...SCOPES),
    );
    fc.assert(
      fc.property(fc.array(request, { minLength: 2, maxLength: 12 }), (requests) => {
        const owners = new Map<string, string>();
        for (const [path, type, country] of requests) {
          const page = pageAt(path, type);
          const key = keys.page(page, country);
          const owner = JSON.stringify([page, country?.code]);
          expect(owners.get(key) ?? owner).toBe(owner);
          owners.set(key, owner);
          expect(keys.parse(key)).toMatchObject({ kind: 'page', type });
          expect(keys.parse(key)?.country).toBe(country);
          expect(key).toMatch(/^generated\/v2\/page-cache\/[a-z]+\/[a-z0-9~/-]+\.png$/);
          expect(key.length).toBeLessThanOrEqual(1024);
          for (const segment of key.split('/')) expect(segment.length).toBeLessThan(256);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a page's name", () => {
  it('is its key without prefix and extension', () => {
    expect(keys.pageName(pageKey('/posts/a', 'FR'))).toBe('article/posts/a-france');
    expect(keys.pageName(pageKey('/', undefined, 'index'))).toBe('index/root-anywhere');
  });

  it.each([
    'generated/v2/2026/11/21/0f6fbb6e-3c1b-4d0a-9b42-6f2a3e1c9d55.png',
    'generated/v1/page-cache/article/a-france.png',
    'article/a-france',
  ])('is not made of %s', (key) => {
    expect(() => keys.pageName(key)).toThrow('Invalid page key');
  });
});

describe("a generated picture's key", () => {
  const id = '0f6fbb6e-3c1b-4d0a-9b42-6f2a3e1c9d55';

  it('names the UTC day, the id and the country', () => {
    expect(keys.dated({ day: '2026/11/21', id, country: countryByCode('FR') })).toBe(
      `generated/v2/2026/11/21/${id}-france.png`,
    );
    expect(keys.dated({ day: '2026/11/21', id, country: undefined })).toBe(
      `generated/v2/2026/11/21/${id}.png`,
    );
  });

  it('N2: can be read back for every country, the ones that end like others included', () => {
    for (const country of SCOPES) {
      const key = keys.dated({ day: '2026/01/02', id, country });
      expect(keys.parse(key)).toEqual({ kind: 'dated', day: '2026/01/02', id, country });
    }
  });

  it.each([
    'generated/v2/2026/11/21/picture.png',
    `generated/v2/2026/11/21/${id}-atlantis.png`,
    `generated/v2/2026/11/21/${id}.webp`,
    `generated/v2/2026/11/21/${id}.png/x`,
    `generated/v2/2026/11/21/sub/${id}.png`,
    `generated/v1/2026/11/21/${id}.png`,
    `records/2026/11/21/${id}.reserved.0.json`,
    'generated/v2/page-cache/article/a-atlantis.png',
    'generated/v2/page-cache/feed/a-france.png',
    'generated/v2/page-cache/article/-france.png',
    'generated/v2/page-cache/article/../a-france.png',
    'generated/v2/page-cache/article/a//b-france.png',
    'generated/v2/page-cache/article/A-france.png',
    'generated/v2/',
    '',
  ])('is not read into %s', (key) => {
    expect(keys.parse(key)).toBeUndefined();
  });
});

describe("a rendition's key", () => {
  const id = '0f6fbb6e-3c1b-4d0a-9b42-6f2a3e1c9d55';
  const base = `generated/v2/2026/11/21/${id}`;

  it('is named by its picture, beside it', () => {
    const picture = { day: '2026/11/21', id, country: countryByCode('FR') } as const;
    expect(keys.rendition(picture, 480)).toBe(`${base}-france.480.webp`);
    expect(keys.rendition(picture, 'card')).toBe(`${base}-france.card.jpg`);
    expect(keys.rendition({ ...picture, country: undefined }, 1024)).toBe(`${base}.1024.webp`);
  });

  it('can be read back for every country, and is never a picture', () => {
    for (const country of SCOPES) {
      for (const form of [...RENDITION_WIDTHS, 'card'] as const) {
        const picture = { day: '2026/01/02', id, country } as const;
        const key = keys.rendition(picture, form);
        expect(keys.parse(key)).toEqual({ kind: 'rendition', form, ...picture });
      }
    }
  });

  it.each([
    `${base}.481.webp`,
    `${base}.0480.webp`,
    `${base}.webp`,
    `${base}.card.png`,
    `${base}.card.webp`,
    `${base}.480.jpg`,
    `${base}-atlantis.480.webp`,
    `${base}.480.webp.png`,
    `${base}.png.480.webp`,
    `${base}.480.webp/x`,
    'generated/v2/2026/11/21/picture.480.webp',
    'generated/v2/page-cache/article/a-france.480.webp',
    `records/2026/11/21/${id}.480.webp`,
  ])('is not read into %s', (key) => {
    expect(keys.parse(key)).toBeUndefined();
  });
});

/** Every way to cut a slug at a hyphen, as [end, start]. */
function splits(slug: string): [string, string][] {
  return [...slug.matchAll(/-/g)].map(({ index }) => [slug.slice(index + 1), slug.slice(0, index)]);
}
