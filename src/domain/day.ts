/** A calendar day in UTC, as `YYYY/MM/DD`, the form it has in keys. */
export type Day = `${string}/${string}/${string}`;

/** The UTC day of a moment given in milliseconds since the Unix epoch, whatever the time zone. */
export function dayAt(epochMs: number): Day {
  return new Date(epochMs).toISOString().slice(0, 10).replaceAll('-', '/') as Day;
}

/** Whole seconds from a moment until the next UTC day begins; at least 1. */
export function secondsUntilNextDay(epochMs: number): number {
  const DAY_MS = 86_400_000;
  return Math.max(1, Math.ceil((DAY_MS - (epochMs % DAY_MS)) / 1000));
}
