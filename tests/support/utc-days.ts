const DAY_MS = 24 * 60 * 60_000;

/** The UTC day as it stands in keys. */
export function today(): string {
  return new Date().toISOString().slice(0, 10).replaceAll('-', '/');
}

/** The UTC days from an instant in milliseconds until now: a service may spend as many daily budgets. */
export function daysSince(since: number): number {
  return Math.floor(Date.now() / DAY_MS) - Math.floor(since / DAY_MS) + 1;
}

/** Milliseconds until the UTC day ends. */
export function restOfToday(): number {
  return DAY_MS - (Date.now() % DAY_MS);
}
