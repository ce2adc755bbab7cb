import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clock/manual.ts';
import { WatchModels } from '../../../src/domain/generation/watch-models.ts';

const HOUR = 3_600_000;

function open() {
  const clock = new ManualClock(Date.UTC(2026, 10, 21));
  const looks: AbortSignal[] = [];
  const ends: (() => void)[] = [];
  const generator = {
    recallModels: async () => {},
    lookUpModels: (signal: AbortSignal) => {
      looks.push(signal);
      return new Promise<void>((resolve) => {
        ends.push(resolve);
        signal.addEventListener('abort', () => resolve());
      });
    },
  };
  const watch = new WatchModels({ generator, memory: { finished: async () => {} }, clock });
  return { watch, clock, looks, endLook: () => ends.at(-1)?.() };
}

describe('the ends of models', () => {
  it('are looked up once a day, however often that is asked for', async () => {
    const { watch, clock, looks, endLook } = open();
    for (let hour = 0; hour < 49; hour += 1) {
      const looked = watch.lookUp();
      endLook();
      await looked;
      clock.jump(HOUR);
      await clock.advance(HOUR);
    }
    expect(looks).toHaveLength(3);
  });

  it('are looked up no longer once the service stops', async () => {
    const { watch, looks } = open();
    const looked = watch.lookUp();
    await watch.close();
    await looked;
    expect(looks[0]?.aborted).toBe(true);
    await watch.lookUp();
    expect(looks).toHaveLength(1);
  });

  it('need not be known: a generator without models has nothing to look up', async () => {
    const clock = new ManualClock(0);
    const watch = new WatchModels({ generator: {}, memory: { finished: async () => {} }, clock });
    await watch.recall();
    await watch.lookUp();
    await watch.close();
  });
});
