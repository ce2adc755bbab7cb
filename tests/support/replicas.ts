import { ManualClock } from '../../src/adapters/clock/manual.ts';
import type { Claim, PageClaims } from '../../src/domain/pages/page-claims.ts';

const STEP_MS = 100;

/** A process of its own, with clocks of its own. */
export class Replica {
  readonly claims: PageClaims;
  readonly clock: ManualClock;
  #missedMs = 0;
  #paused = false;

  constructor(clock: ManualClock, claims: PageClaims) {
    this.clock = clock;
    this.claims = claims;
  }

  /** From now on nothing moves in it, as in one that is stopped, or dead. */
  pause(): void {
    this.#paused = true;
  }

  /** Goes on; all that fell due meanwhile happens now. */
  async wake(): Promise<void> {
    this.#paused = false;
    await this.clock.advance(this.#missedMs);
  }

  async pass(ms: number): Promise<void> {
    if (this.#paused) this.#missedMs += ms;
    else await this.clock.advance(ms);
  }
}

/** The claims of a process with this clock, and when all that they asked for is answered. */
interface ClaimsOfReplicas {
  settled(): Promise<void>;
  open(clock: ManualClock): PageClaims;
}

/** Replicas over one store or database, and the time that passes for all of them. */
export class Replicas {
  readonly #startMs: number;
  readonly #claims: ClaimsOfReplicas;
  readonly #all: Replica[] = [];

  constructor(startMs: number, claims: ClaimsOfReplicas) {
    this.#startMs = startMs;
    this.#claims = claims;
  }

  /** @param skewMs by how much its wall clock is ahead */
  start({ skewMs = 0 } = {}): Replica {
    const clock = new ManualClock(this.#startMs + skewMs);
    const replica = new Replica(clock, this.#claims.open(clock));
    this.#all.push(replica);
    return replica;
  }

  /** Lets time pass in small steps; what is asked in a step is answered within it. */
  async pass(ms: number): Promise<void> {
    await this.#claims.settled();
    for (let left = ms; left > 0; left -= STEP_MS) {
      for (const replica of this.#all) await replica.pass(Math.min(left, STEP_MS));
      await this.#claims.settled();
    }
  }
}

/** How a call of `claim` stands. */
export interface Followed {
  is: 'waiting' | 'granted' | 'over' | 'failed';
  claim?: Claim;
  error?: unknown;
}

/** Follows a call of `claim` without waiting for it. */
export function follow(call: Promise<Claim | undefined>): Followed {
  const followed: Followed = { is: 'waiting' };
  call.then(
    (claim) => Object.assign(followed, claim ? { is: 'granted', claim } : { is: 'over' }),
    (error: unknown) => Object.assign(followed, { is: 'failed', error }),
  );
  return followed;
}
