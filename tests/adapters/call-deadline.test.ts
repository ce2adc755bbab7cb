import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallDeadline } from '../../src/adapters/image-generator/openai/calls.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** After how many milliseconds a deadline of a second ends. */
function endOf(deadline: CallDeadline): number {
  let ms = 0;
  for (; ms < 5000 && !deadline.signal.aborted; ms += 1) vi.advanceTimersByTime(1);
  return ms;
}

describe('the deadline of a call', () => {
  it('ends when its time is up', () => {
    expect(endOf(new CallDeadline(1000))).toBe(1000);
  });

  it('leaves an answer that begins late a quarter of the time', () => {
    const deadline = new CallDeadline(1000);
    vi.advanceTimersByTime(990);
    deadline.grantBody();
    expect(endOf(deadline)).toBe(250);
  });

  it('leaves one that begins early all that is left', () => {
    const deadline = new CallDeadline(1000);
    vi.advanceTimersByTime(100);
    deadline.grantBody();
    expect(endOf(deadline)).toBe(900);
  });

  it('does not run while nothing is waited for, and goes on with what is left', () => {
    const deadline = new CallDeadline(1000);
    vi.advanceTimersByTime(900);
    deadline.disarm();
    vi.advanceTimersByTime(50);
    expect(deadline.signal.aborted).toBe(false);
    deadline.arm();
    expect(endOf(deadline)).toBe(50);
  });

  it('is over at once where it is armed too late', () => {
    const deadline = new CallDeadline(1000);
    deadline.disarm();
    vi.advanceTimersByTime(2000);
    deadline.arm();
    vi.advanceTimersByTime(1);
    expect(deadline.signal.aborted).toBe(true);
  });
});
