import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/domain/kernel/clock.ts';

/** A clock under test and the way to let its time pass. */
export interface ClockUnderTest {
  clock: Clock;
  /** Resolves once at least `ms` milliseconds have passed and whoever was due has been woken. */
  pass(ms: number): Promise<void>;
}

/** What every `Clock` promises. */
export function clockContract(name: string, open: () => ClockUnderTest): void {
  describe(`${name} keeps the clock's contract`, () => {
    it('tells the wall time in milliseconds since the Unix epoch', async () => {
      const { clock, pass } = open();
      const before = clock.now();
      await pass(20);
      expect(before).toBeGreaterThan(Date.UTC(2020, 0, 1));
      expect(clock.now()).toBeGreaterThanOrEqual(before + 19);
    });

    it('counts monotonic milliseconds, never back', async () => {
      const { clock, pass } = open();
      const readings = [clock.monotonic()];
      for (let i = 0; i < 5; i += 1) {
        await pass(4);
        readings.push(clock.monotonic());
      }
      expect(readings).toEqual(readings.toSorted((a, b) => a - b));
      expect(readings.at(-1)! - readings[0]!).toBeGreaterThanOrEqual(20);
    });

    it('sleeps no shorter than it was asked to', async () => {
      const { clock, pass } = open();
      for (const ms of [1, 7.5, 30]) {
        const start = clock.monotonic();
        const slept = clock.sleep(ms).then(() => clock.monotonic() - start);
        await pass(ms + 10);
        expect(await slept).toBeGreaterThanOrEqual(ms);
      }
    });

    it('does not end a sleep before its time', async () => {
      const { clock, pass } = open();
      let ended = false;
      // So long that a machine that stalls does not fail the test; nothing waits for its end.
      void clock.sleep(60_000).then(() => {
        ended = true;
      });
      await pass(20);
      expect(ended).toBe(false);
    });

    it('ends a sleep of nothing, or of less, at once', async () => {
      const { clock } = open();
      await clock.sleep(0);
      await clock.sleep(-5);
    });

    it('wakes sleepers in the order of their times', async () => {
      const { clock, pass } = open();
      const woken: number[] = [];
      const sleeps = [60, 20, 40].map((ms) => clock.sleep(ms).then(() => woken.push(ms)));
      await pass(80);
      await Promise.all(sleeps);
      expect(woken).toEqual([20, 40, 60]);
    });
  });
}
