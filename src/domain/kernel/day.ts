export const DAY_MS = 86_400_000;

/** The last moment of a year with four digits. Not every database can read a later one. */
export const LAST_MOMENT = Date.UTC(10_000, 0) - 1;

/** A calendar day in UTC, as `YYYY/MM/DD`, the form used in keys. */
export type Day = `${string}/${string}/${string}`;

/** The UTC day of a moment in milliseconds since the Unix epoch, independent of the time zone. */
export function dayAt(epochMs: number): Day {
  return new Date(epochMs).toISOString().slice(0, 10).replaceAll('-', '/') as Day;
}

/**
 * The start of a day, in milliseconds since the Unix epoch. `NaN` for a day that does not exist.
 */
export function startOf(day: Day): number {
  return Date.parse(day.replaceAll('/', '-'));
}

/** @param count number of days; a negative count gives a later day */
export function daysBefore(day: Day, count: number): Day {
  return dayAt(startOf(day) - count * DAY_MS);
}
