import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  openingOf,
  openMicroUsd,
  openPictures,
} from '../../../src/domain/budget/budget-schedule.ts';

const HOUR = 3_600_000;
const DAY = '2026/11/21';
const BEGIN = Date.UTC(2026, 10, 21);
const at = (hours: number, overHours: number) => openingOf(DAY, BEGIN + hours * HOUR, overHours);

describe('the opening of a day', () => {
  it.each([
    [0, 2],
    [0.99, 2],
    [1, 4],
    [2.5, 6],
    [3, 8],
    [23.99, 8],
    [24, 8],
    [500, 8],
  ])('over 4 hours has, %d hours after its beginning, %d of 8 pictures open', (hours, open) => {
    expect(openPictures(8, at(hours, 4))).toBe(open);
  });

  it('tells when the next part opens, and that none is left to', () => {
    expect(at(0, 3).nextAt).toBe(BEGIN + HOUR);
    expect(at(1.5, 3).nextAt).toBe(BEGIN + 2 * HOUR);
    expect(at(2, 3).nextAt).toBeUndefined();
    expect(at(30, 3).nextAt).toBeUndefined();
  });

  it('has its first part open by a clock that went back behind its beginning', () => {
    expect(at(-0.1, 4)).toEqual(at(0, 4));
    expect(at(-1000, 4)).toEqual(at(0, 4));
  });

  it('rounds pictures up, and dollars down', () => {
    expect([0, 1, 2].map((hour) => openPictures(4, at(hour, 3)))).toEqual([2, 3, 4]);
    expect([0, 1, 2].map((hour) => openMicroUsd(100, at(hour, 3)))).toEqual([33, 66, 100]);
  });

  it('leaves nothing nothing, and no limit no limit', () => {
    expect(openPictures(0, at(5, 24))).toBe(0);
    expect(openMicroUsd(0, at(5, 24))).toBe(0);
    expect(openMicroUsd(Number.POSITIVE_INFINITY, at(0, 24))).toBe(Number.POSITIVE_INFINITY);
  });

  const anyHours = fc.double({ min: -48, max: 72, noNaN: true });
  const anyLimit = fc.nat(1_000_000);

  it('is whole from the beginning where there are no hours for it', () => {
    fc.assert(
      fc.property(anyHours, anyLimit, (hours, limit) => {
        const opening = at(hours, 0);
        expect(opening.nextAt).toBeUndefined();
        expect(openPictures(limit, opening)).toBe(limit);
        expect(openMicroUsd(limit, opening)).toBe(limit);
      }),
    );
  });

  it('never passes the limit nor shrinks, and is whole from the last of its hours on', () => {
    const anyN = fc.integer({ min: 1, max: 24 });
    fc.assert(
      fc.property(anyHours, anyHours, anyLimit, anyN, (one, other, limit, overHours) => {
        const [sooner, later] = [Math.min(one, other), Math.max(one, other)];
        for (const open of [openPictures, openMicroUsd]) {
          const [before, after] = [
            open(limit, at(sooner, overHours)),
            open(limit, at(later, overHours)),
          ];
          expect(before).toBeLessThanOrEqual(after);
          expect(after).toBeLessThanOrEqual(limit);
          if (Math.floor(later) >= overHours - 1) expect(after).toBe(limit);
        }
      }),
    );
  });
});
