import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Semaphore, SingleFlight } from '../../../src/domain/kernel/concurrency.ts';

describe('a flight', () => {
  it('is joined by whoever asks for its key while it is under way', async () => {
    const flights = new SingleFlight<number>();
    let started = 0;
    const start = async () => {
      started += 1;
      await Promise.resolve();
      return started;
    };
    expect(await Promise.all([flights.join('a', start), flights.join('a', start)])).toEqual([1, 1]);
    expect(await flights.join('a', start)).toBe(2);
  });

  it('fails for all who joined it, and leaves nothing behind', async () => {
    const flights = new SingleFlight<number>();
    const fail = () => Promise.reject(new Error('no'));
    const both = await Promise.allSettled([flights.join('a', fail), flights.join('a', fail)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await flights.join('a', () => Promise.resolve(1))).toBe(1);
    await flights.settled();
  });

  it('is waited for, with all that it starts', async () => {
    const flights = new SingleFlight<void>();
    const ended: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    void flights.join('a', async () => {
      await promise;
      void flights.join('b', async () => {
        await Promise.resolve();
        ended.push('b');
      });
      ended.push('a');
    });
    const settled = flights.settled();
    resolve();
    await settled;
    expect(ended).toEqual(['a', 'b']);
  });
});

describe('slots', () => {
  it('are taken in order of arrival', async () => {
    const slots = new Semaphore(2);
    const order: number[] = [];
    let atOnce = 0;
    const work = async (n: number) => {
      await slots.enter();
      atOnce += 1;
      expect(atOnce).toBeLessThanOrEqual(2);
      order.push(n);
      await turn();
      atOnce -= 1;
      slots.leave();
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map(work));
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('are given to nobody once they are closed', async () => {
    const slots = new Semaphore(1);
    expect(await slots.enter()).toBe(true);
    const waiting = slots.enter();
    slots.close();
    expect(await waiting).toBe(false);
    slots.leave();
    expect(await slots.enter()).toBe(false);
  });
});
