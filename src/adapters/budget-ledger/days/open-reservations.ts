import type { Clock } from '../../../domain/kernel/clock.ts';

/** Milliseconds within which a replica withdraws its excess reservations. */
const TIE_MS = 1000;
/** Longer than any call takes, including storing. An older reservation is lost and counts as spent. */
export const LOST_MS = 900_000;

/** The state of the unsettled reservations of a count. */
export interface Verdict {
  /** Names of reservations whose replica has crashed. */
  lost: ReadonlySet<string>;
  /** Other replicas have just reserved, and may withdraw again. */
  contested: boolean;
}

/**
 * Tracks unsettled reservations: those of this process, and how long those of other replicas have been
 * visible.
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

  /** @param reserved names of the unsettled reservations of a count */
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
