import { type Day, daysBefore } from './day.ts';

/**
 * Consecutive spans of days, from the newest backwards without end. Each span ends where the
 * previous one begins. Spans double in length: a short read touches few days, and a long read needs
 * few spans.
 */
export function* spansBack(
  newest: Day,
  { first, most }: { first: number; most: number },
): Generator<{ from: Day; to: Day }> {
  let to = newest;
  for (let days = first; ; days = Math.min(most, days * 2)) {
    const from = daysBefore(to, days - 1);
    yield { from, to };
    to = daysBefore(from, 1);
  }
}

/** The reverse of {@link spansBack}: spans of days forwards from a day, without end. */
export function* spansOn(
  oldest: Day,
  { first, most }: { first: number; most: number },
): Generator<{ from: Day; to: Day }> {
  let from = oldest;
  for (let days = first; ; days = Math.min(most, days * 2)) {
    const to = daysBefore(from, 1 - days);
    yield { from, to };
    from = daysBefore(to, -1);
  }
}
