import { describe, expect, it } from 'vitest';
import {
  CockatielCircuitBreaker,
  type CockatielCircuitBreakerOptions,
} from '../../src/adapters/circuit-breaker/cockatiel.ts';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { BreakingImageGenerator } from '../../src/adapters/image-generator/breaking.ts';
import { GenerationError } from '../../src/domain/kernel/errors.ts';
import { CircuitOpen, type FailureWeight } from '../../src/domain/monitoring/circuit-breaker.ts';

const MINUTE = 60_000;

/** An upstream whose calls fail with what they are told, or succeed where that is nothing. */
function open(options: Partial<CockatielCircuitBreakerOptions> = {}) {
  const clock = new ManualClock(Date.UTC(2026, 10, 21));
  const changes: boolean[] = [];
  let calls = 0;
  const breaker = new CockatielCircuitBreaker({
    failuresInARow: 3,
    pauseMs: MINUTE,
    weigh: (error) => (error as Error).message as FailureWeight,
    changed: (isPaused) => changes.push(isPaused),
    clock,
    ...options,
  });
  const call = (failure?: FailureWeight) =>
    breaker
      .run(async () => {
        calls += 1;
        if (failure) throw new Error(failure);
        return 'done';
      })
      .catch((error: Error) => (error instanceof CircuitOpen ? 'not made' : error.message));
  return { breaker, call, clock, changes, calls: () => calls };
}

describe('a circuit breaker', () => {
  it('opens at once where nothing will work for a while, and makes no more calls', async () => {
    const { breaker, call, changes, calls } = open();
    expect(breaker.pausedMs()).toBeUndefined();
    await call('opens');
    expect([await call(), await call(), calls()]).toEqual(['not made', 'not made', 1]);
    expect([breaker.pausedMs(), changes]).toEqual([MINUTE, [true]]);
  });

  it('opens after several failures in a row, and not after as many with a success between', async () => {
    const { call } = open();
    for (const failure of ['counts', 'counts', undefined, 'counts', 'counts'] as const) {
      await call(failure);
    }
    expect(await call()).toBe('done');
    for (const _ of [1, 2, 3]) await call('counts');
    expect(await call()).toBe('not made');
  });

  it('waits twice as long after each further failure that cost something, up to an hour', async () => {
    const { breaker, call, clock } = open({ isCostly: () => true });
    const pauses = [];
    for (let n = 0; n < 8; n += 1) {
      await call('opens');
      pauses.push((breaker.pausedMs() ?? 0) / MINUTE);
      await clock.advance(breaker.pausedMs() ?? 0);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(await call()).toBe('done');
    await call('opens');
    expect(breaker.pausedMs()).toBe(MINUTE);
  });

  it('never opens by what says nothing', async () => {
    const { call } = open();
    for (let n = 0; n < 20; n += 1) expect(await call('none')).toBe('none');
    expect(await call()).toBe('done');
  });

  it('tries one call after its pause, alone, and goes on as that one ends', async () => {
    const { breaker, call, clock, changes } = open();
    await call('opens');
    await clock.advance(MINUTE - 1);
    expect(await call()).toBe('not made');
    await clock.advance(1);
    expect(breaker.pausedMs()).toBeUndefined();
    const tried = call('counts');
    expect(await call()).toBe('not made');
    expect([await tried, await call(), breaker.pausedMs()]).toEqual(['counts', 'not made', MINUTE]);
    await clock.advance(MINUTE);
    expect([await call(), await call(), changes]).toEqual(['done', 'done', [true, false]]);
  });

  it.each([24 * 60 * MINUTE, -24 * 60 * MINUTE])(
    'K9: is paused for as long as ever when the wall clock jumps by %d ms',
    async (jump) => {
      const { call, clock } = open();
      await call('opens');
      clock.jump(jump);
      expect(await call()).toBe('not made');
      await clock.advance(MINUTE);
      expect(await call()).toBe('done');
    },
  );
});

describe('a generator behind it', () => {
  it('O2: refuses at no cost while it is paused, and says for how long', async () => {
    const { breaker, call, clock } = open();
    const generator = new BreakingImageGenerator(
      {
        model: 'a-model',
        dearestMicroUsd: 7,
        generate: () => Promise.reject(new Error('it must not be called')),
      },
      breaker,
      { succeeded: () => {} },
      { succeeded: () => {}, failed: () => {} },
    );
    expect([generator.model, generator.dearestMicroUsd]).toEqual(['a-model', 7]);
    expect(generator.refusal()).toBeUndefined();
    await call('opens');
    await clock.advance(20_000);
    const refused = { code: 'upstream_failed', billing: 'refused', retryAfterMs: 40_000 };
    expect(generator.refusal()).toMatchObject(refused);
    const request = { prompt: 'a dish', seed: 'a', reservedMicroUsd: 7 };
    const failure = await generator.generate(request).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(GenerationError);
    expect(failure).toMatchObject(refused);
  });
});
