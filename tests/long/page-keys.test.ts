import fc from 'fast-check';
import { expect, it } from 'vitest';
import { COUNTRIES } from '../../src/domain/countries/country.ts';
import { CafeError } from '../../src/domain/kernel/errors.ts';
import { PAGE_TYPES, type Page, pageAt } from '../../src/domain/pages/page.ts';
import { ImageKeys } from '../../src/domain/storage/image-keys.ts';
import { hostilePath } from '../support/hostile-path.ts';

const keys = new ImageKeys('generated/v2');

function pageOrRefusal(path: string, type: (typeof PAGE_TYPES)[number]): Page | undefined {
  try {
    return pageAt(path, type);
  } catch (error) {
    if (error instanceof CafeError) return undefined;
    throw error;
  }
}

it('N5: no two of 200,000 hostile pages share a key, and every key can be read back', () => {
  const owners = new Map<string, string>();
  const anyPath = fc.oneof(
    { weight: 3, arbitrary: hostilePath() },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
    { weight: 1, arbitrary: fc.webPath().map((path) => path || '/') },
  );
  fc.assert(
    fc.property(
      anyPath,
      fc.constantFrom(...PAGE_TYPES),
      fc.constantFrom(undefined, ...COUNTRIES),
      (path, type, country) => {
        const page = pageOrRefusal(path, type);
        if (!page) return;
        const key = keys.page(page, country);
        const owner = JSON.stringify([page.type, page.path, country?.code]);
        if ((owners.get(key) ?? owner) !== owner) expect([key, owner]).toBe(owners.get(key));
        owners.set(key, owner);
        const parsed = keys.parse(key);
        if (parsed?.kind !== 'page' || parsed.type !== type || parsed.country !== country) {
          expect([key, parsed]).toBe('read back');
        }
      },
    ),
    { numRuns: 200_000 },
  );
  expect(owners.size).toBeGreaterThan(50_000);
});
