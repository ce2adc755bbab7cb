import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { SystemClock } from '../../src/adapters/clock/system.ts';
import { clockContract } from './clock.contract.ts';

const START = Date.UTC(2026, 10, 21, 23, 59, 58);

clockContract('SystemClock', () => {
  const clock = new SystemClock();
  return {
    clock,
    pass: async (ms) => {
      const start = clock.monotonic();
      while (clock.monotonic() - start < ms) await pause(1);
    },
  };
});

clockContract('ManualClock', () => {
  const clock = new ManualClock(START);
  return { clock, pass: (ms) => clock.advance(ms) };
});

describe('SystemClock', () => {
  it('does not take a sleep longer than a timer can count for none', async () => {
    let ended = false;
    void new SystemClock().sleep(2 ** 40).then(() => {
      ended = true;
    });
    await pause(20);
    expect(ended).toBe(false);
  });
});

describe('a process', () => {
  it.each([
    ['ends meanwhile', '{ ref: false }', ''],
    ['waits', '{}', 'awake'],
  ])('%s when a sleep is given %s', async (_, options, output) => {
    const system = new URL('../../src/adapters/clock/system.ts', import.meta.url);
    const script = `import { SystemClock } from '${system}';
      new SystemClock().sleep(50, ${options}).then(() => console.log('awake'));`;
    const args = ['--input-type=module-typescript', '--eval', script];
    expect((await promisify(execFile)(process.execPath, args)).stdout.trim()).toBe(output);
  });
});

describe('ManualClock', () => {
  it('stands still until it is told to move', async () => {
    const clock = new ManualClock(START);
    await pause(5);
    expect([clock.now(), clock.monotonic()]).toEqual([START, 0]);
    await clock.advance(1500);
    expect([clock.now(), clock.monotonic()]).toEqual([START + 1500, 1500]);
  });

  it('moves only the wall clock when it jumps, back too, and wakes nobody', async () => {
    const clock = new ManualClock(START);
    const slept = clock.sleep(100);
    clock.jump(-600_000);
    expect([clock.now(), clock.monotonic()]).toEqual([START - 600_000, 0]);
    clock.jump(86_400_000);
    expect(clock.sleepers).toBe(1);
    await clock.advance(100);
    await slept;
  });

  it('lets a woken sleeper see its own moment and sleep again within one advance', async () => {
    const clock = new ManualClock(START);
    const seen: number[] = [];
    const beat = async () => {
      for (let i = 0; i < 3; i += 1) {
        await clock.sleep(10);
        seen.push(clock.monotonic());
      }
    };
    const beating = beat();
    await clock.advance(35);
    await beating;
    expect(seen).toEqual([10, 20, 30]);
    expect(clock.monotonic()).toBe(35);
  });

  it('wakes those due at one moment in the order in which they went to sleep', async () => {
    const clock = new ManualClock(START);
    const woken: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      void clock.sleep(10).then(() => woken.push(name));
    }
    await clock.advance(10);
    expect(woken).toEqual(['first', 'second', 'third']);
    expect(clock.sleepers).toBe(0);
  });
});
