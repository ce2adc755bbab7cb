import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../domain/kernel/clock.ts';

/** Node's longest timer in milliseconds. A longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export class SystemClock implements Clock {
  /** Node's own function without a wrapper, because it is called very often. */
  readonly monotonic: () => number = performance.now.bind(performance);

  now(): number {
    return Date.now();
  }

  async sleep(ms: number, { ref = true }: { ref?: boolean } = {}): Promise<void> {
    const due = this.monotonic() + ms;
    // A timer counts whole milliseconds and may fire slightly early, hence the loop.
    for (let left = ms; left > 0; left = due - this.monotonic()) {
      await pause(Math.min(Math.ceil(left), LONGEST_TIMER_MS), undefined, { ref });
    }
  }
}
