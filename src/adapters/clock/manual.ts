import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../domain/kernel/clock.ts';

interface Sleeper {
  due: number;
  wake: () => void;
}

/** A clock that only moves when it is advanced. For tests and demonstrations. */
export class ManualClock implements Clock {
  #now: number;
  #monotonic = 0;
  #sleepers: Sleeper[] = [];

  /** @param startEpochMs the first value of `now()`, in milliseconds since the Unix epoch */
  constructor(startEpochMs: number) {
    this.#now = startEpochMs;
  }

  /** The number of pending sleeps. */
  get sleepers(): number {
    return this.#sleepers.length;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  async sleep(ms: number): Promise<void> {
    if (!(ms > 0)) return;
    await new Promise<void>((wake) => {
      this.#sleepers.push({ due: this.#monotonic + ms, wake });
    });
  }

  /**
   * Advances the time and ends the sleeps that become due, in order, each at its own due time. After each
   * one, the woken code runs before time moves on, and it may sleep again. Await the result.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + Math.max(0, ms);
    for (let next = this.#nextDue(end); next; next = this.#nextDue(end)) {
      this.#passUntil(next.due);
      this.#sleepers.splice(this.#sleepers.indexOf(next), 1);
      next.wake();
      await turn();
    }
    this.#passUntil(end);
  }

  /** Moves only the wall clock, like a time correction or a resumed machine. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Sleeps with the same due time end in the order in which they started. */
  #nextDue(end: number): Sleeper | undefined {
    return this.#sleepers
      .filter(({ due }) => due <= end)
      .reduce<Sleeper | undefined>(
        (first, sleeper) => (first && first.due <= sleeper.due ? first : sleeper),
        undefined,
      );
  }

  #passUntil(moment: number): void {
    // Concurrent calls of `advance` must not move time backwards.
    const passed = Math.max(0, moment - this.#monotonic);
    this.#monotonic += passed;
    this.#now += passed;
  }
}
