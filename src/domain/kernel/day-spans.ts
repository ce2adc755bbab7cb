import { type Day, daysBefore } from './day.ts';

/**
 * Spans of days, each one ending where the one before begins, from the newest back without end. They
 * grow to the double each time: whoever wants the newest alone reads few days, and whoever reads on
 * needs few spans.
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

/** The other way round: spans of days from one on towards today and beyond, without end. */
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
