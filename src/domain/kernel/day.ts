export const DAY_MS = 86_400_000;

/** A calendar day in UTC, as `YYYY/MM/DD`, the form it has in keys. */
export type Day = `${string}/${string}/${string}`;

/** The UTC day of a moment given in milliseconds since the Unix epoch, whatever the time zone. */
export function dayAt(epochMs: number): Day {
  return new Date(epochMs).toISOString().slice(0, 10).replaceAll('-', '/') as Day;
}

/** When a day begins, in milliseconds since the Unix epoch; `NaN` for one that no calendar has. */
export function startOf(day: Day): number {
  return Date.parse(day.replaceAll('/', '-'));
}

/** @param count of days; below 0 for a day that comes later */
export function daysBefore(day: Day, count: number): Day {
  return dayAt(startOf(day) - count * DAY_MS);
}
