const DAY_MS = 24 * 60 * 60_000;

/** The UTC day as it stands in keys. */
export function today(): string {
  return new Date().toISOString().slice(0, 10).replaceAll('-', '/');
}

/**
 * The UTC days from an instant in milliseconds until now: a service may spend as many daily budgets.
 *
 * @param wrongMs by how much its clock may be wrong, either way
 */
export function daysSince(since: number, wrongMs = 0): number {
  const dayOf = (instant: number) => Math.floor(instant / DAY_MS);
  return dayOf(Date.now() + wrongMs) - dayOf(since - wrongMs) + 1;
}

/** Milliseconds until the UTC day ends. */
export function restOfToday(): number {
  return DAY_MS - (Date.now() % DAY_MS);
}
