import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../domain/kernel/clock.ts';

/** Node's timers take at most this many milliseconds; beyond it they fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own time. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  async sleep(ms: number, { ref = true }: { ref?: boolean } = {}): Promise<void> {
    const due = this.monotonic() + ms;
    // A timer counts whole milliseconds and may fire a fraction early, hence the loop.
    for (let left = ms; left > 0; left = due - this.monotonic()) {
      await pause(Math.min(Math.ceil(left), LONGEST_TIMER_MS), undefined, { ref });
    }
  }
}
