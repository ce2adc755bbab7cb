import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  packRenditions,
  unpackRenditions,
} from '../../../../src/domain/cafe/response-cache/cached-response.ts';
import { countryByCode } from '../../../../src/domain/countries/country.ts';
import { type Day, dayAt } from '../../../../src/domain/kernel/day.ts';

const day = fc.integer({ min: 0, max: 4e12 }).map(dayAt);
const oddDay = fc.constant<Day>('0000/99/99');
const thumbhash = fc
  .uint8Array({ minLength: 5, maxLength: 25 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));

describe('packed renditions', () => {
  it('come back as they were, whatever follows them', () => {
    const country = countryByCode('FR');
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.oneof(day, oddDay),
        thumbhash,
        fc.string({ unit: 'grapheme' }),
        (id, on, hash, rest) => {
          const widths = [480, 768] as const;
          const renditions = { of: { id, day: on, country }, widths, thumbhash: hash };
          const packed = packRenditions(renditions);
          expect(unpackRenditions(packed + rest, { widths, country })).toEqual({
            renditions,
            rest,
          });
        },
      ),
    );
  });
});
