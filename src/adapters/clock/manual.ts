import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../domain/kernel/clock.ts';

interface Sleeper {
  due: number;
  wake: () => void;
}

/** Time that stands still until it is told to pass. For tests and demonstrations. */
export class ManualClock implements Clock {
  #now: number;
  #monotonic = 0;
  #sleepers: Sleeper[] = [];

  /** @param startEpochMs what `now()` says first, in milliseconds since the Unix epoch */
  constructor(startEpochMs: number) {
    this.#now = startEpochMs;
  }

  /** How many sleeps have not ended yet. */
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
   * Lets `ms` milliseconds pass and wakes everyone who is due, in order, each at the moment it asked
   * for. Whoever is woken runs on, and may sleep again, before time moves further: await it.
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

  /** Moves the wall clock alone, as a correction or a resumed machine does. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Of those who are due at the same moment, the one that went to sleep first. */
  #nextDue(end: number): Sleeper | undefined {
    return this.#sleepers
      .filter(({ due }) => due <= end)
      .reduce<Sleeper | undefined>(
        (first, sleeper) => (first && first.due <= sleeper.due ? first : sleeper),
        undefined,
      );
  }

  #passUntil(moment: number): void {
    // Two advances at once must not take time back.
    const passed = Math.max(0, moment - this.#monotonic);
    this.#monotonic += passed;
    this.#now += passed;
  }
}
