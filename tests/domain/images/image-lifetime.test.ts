import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clock/manual.ts';
import { ImageLifetime } from '../../../src/domain/images/image-lifetime.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const at = (time: string) => Date.parse(`${time}Z`);

/** Minutes for which a picture is reliable at a time, under a rule of three days. */
function minutesAt(time: string, life: { modifiedAt?: number; expiresAt?: number } | undefined) {
  const clock = new ManualClock(at(time));
  return new ImageLifetime({ lifetimeMs: 3 * DAY, clock }).reliableFor(life) / MINUTE;
}

describe('a picture under a rule of three days', () => {
  // Amazon's own example: removed at the first midnight after three days.
  const life = { modifiedAt: at('2026-01-15T10:30:00') };

  it('is reliable until a quarter of an hour before the midnight after its days', () => {
    expect(minutesAt('2026-01-18T23:44:00', life)).toBe(1);
    expect(minutesAt('2026-01-18T23:45:00', life)).toBe(0);
    expect(minutesAt('2026-01-19T12:00:00', life)).toBeLessThan(0);
  });

  it('is under no rule where it is still there three days later', () => {
    expect(minutesAt('2026-01-21T23:59:00', life)).toBeLessThan(0);
    expect(minutesAt('2026-01-22T00:01:00', life)).toBe(Number.POSITIVE_INFINITY);
  });

  it('goes when the store says, whatever its days are', () => {
    const told = { ...life, expiresAt: at('2026-01-17T00:00:00') };
    expect(minutesAt('2026-01-16T23:45:00', told)).toBe(0);
    expect(minutesAt('2026-03-01T00:00:00', told)).toBeLessThan(0);
  });

  it('has all of its days where it was just written', () => {
    expect(minutesAt('2026-01-15T10:30:00', undefined)).toBe(
      (3 * DAY + 13.25 * 60 * MINUTE) / MINUTE,
    );
  });
});

describe('a picture under no rule', () => {
  it('is always reliable', () => {
    const clock = new ManualClock(at('2026-01-15T10:30:00'));
    const life = new ImageLifetime({ lifetimeMs: Number.POSITIVE_INFINITY, clock });
    expect(life.reliableFor({ modifiedAt: 0 })).toBe(Number.POSITIVE_INFINITY);
    expect(life.reliableFor(undefined)).toBe(Number.POSITIVE_INFINITY);
  });
});
