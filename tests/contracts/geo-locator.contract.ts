import { describe, expect, it } from 'vitest';
import type { GeoLocator, PublicAddress, Visitor } from '../../src/domain/countries/geo-locator.ts';

export interface LocatorUnderTest {
  locator: GeoLocator;
  /** A visitor whom the locator places in the country with this code. */
  known: { visitor: Visitor; code: string };
  /** A visitor of whom it knows nothing, or for a locator that places everyone, anyone. */
  other: Visitor;
}

export function visitor(
  address: string | undefined,
  headers: Record<string, string> = {},
): Visitor {
  return { address: address as PublicAddress | undefined, header: (name) => headers[name] };
}

/**
 * What every locator must do; see the port.
 *
 * @param elsewhere the code of the country in which it places whom it cannot know
 */
export function geoLocatorContract(
  name: string,
  open: () => Promise<LocatorUnderTest>,
  elsewhere?: string,
): void {
  describe(`${name} as a geo locator`, () => {
    it('knows a country of the frozen table', async () => {
      const { locator, known } = await open();
      const { country, reliable } = await locator.locate(known.visitor);
      expect([country?.code, reliable]).toEqual([known.code, true]);
    });

    it('answers many at once', async () => {
      const { locator, known } = await open();
      const many = Array.from({ length: 50 }, () => locator.locate(known.visitor));
      for (const { country } of await Promise.all(many)) expect(country?.code).toBe(known.code);
    });

    it(`takes whom it cannot know for ${elsewhere ?? 'unknown'}, reliably`, async () => {
      const { locator, other } = await open();
      for (const someone of [other, visitor(undefined)]) {
        const { country, reliable } = await locator.locate(someone);
        expect([country?.code, reliable]).toEqual([elsewhere, true]);
      }
    });
  });
}
