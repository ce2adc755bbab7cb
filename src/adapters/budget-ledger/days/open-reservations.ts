import type { Clock } from '../../../domain/kernel/clock.ts';

/** Milliseconds in which a replica that found too many withdraws its own. */
const TIE_MS = 1000;
/** Longer than any call and its storing take: who reserved it is gone, and it counts as spent. */
export const LOST_MS = 900_000;

/** What a count's unsettled reservations mean. */
export interface Verdict {
  /** The names of those that belong to nobody any more. */
  lost: ReadonlySet<string>;
  /** Others have just appeared, and may be withdrawn again at any moment. */
  contested: boolean;
}

/**
 * What this process knows of reservations that are not settled: its own, which it will settle, and
 * how long it has been seeing the others.
 */
export class OpenReservations {
  readonly #own = new Set<string>();
  readonly #clock: Clock;
  #firstSeen = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  claim(name: string): void {
    this.#own.add(name);
  }

  release(name: string): void {
    this.#own.delete(name);
  }

  /** Takes note of the reservations that a count has found. */
  judge(reserved: ReadonlySet<string>): Verdict {
    const now = this.#clock.monotonic();
    const others = [...reserved.difference(this.#own)];
    this.#firstSeen = new Map(others.map((name) => [name, this.#firstSeen.get(name) ?? now]));
    const lost = others.filter((name) => this.#ageOf(name, now) >= LOST_MS);
    return {
      lost: new Set(lost),
      contested: others.some((name) => this.#ageOf(name, now) < TIE_MS),
    };
  }

  #ageOf(name: string, now: number): number {
    return now - (this.#firstSeen.get(name) ?? now);
  }
}
