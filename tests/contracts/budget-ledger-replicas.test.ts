import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ObjectStoreBudgetLedger } from '../../src/adapters/budget-ledger/object-store.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import type { GenerationOutcome } from '../../src/domain/generation.ts';
import { ImageKeys } from '../../src/domain/image-key.ts';
import type { Reservation } from '../../src/domain/ports/budget-ledger.ts';
import { draft, NOON, RestlessClock } from './budget-ledger.contract.ts';

/** A store whose calls take effect, and are answered, in whatever order the scheduler likes. */
class ScheduledStore extends MemoryImageStore {
  readonly #scheduler: fc.Scheduler;

  constructor(scheduler: fc.Scheduler) {
    super({ publicBaseUrl: 'https://pictures.example' });
    this.#scheduler = scheduler;
  }

  async #atSomeTime<T>(work: () => Promise<T>): Promise<T> {
    await this.#scheduler.schedule(Promise.resolve());
    const result = await work();
    await this.#scheduler.schedule(Promise.resolve());
    return result;
  }

  override put(...args: Parameters<MemoryImageStore['put']>) {
    return this.#atSomeTime(() => super.put(...args));
  }
  override delete(key: string) {
    return this.#atSomeTime(() => super.delete(key));
  }
  override async *list(prefix: string) {
    // One page: a listing shows the store as it is at one moment.
    yield* await this.#atSomeTime(() => Array.fromAsync(super.list(prefix)));
  }
}

type Ending = GenerationOutcome['state'] | 'crash';

const ending: fc.Arbitrary<Ending> = fc.constantFrom('spent', 'unknown', 'refused', 'crash');

/** How a call is settled; one whose process crashed is not. */
function settling(state: Ending): GenerationOutcome | undefined {
  if (state === 'crash') return undefined;
  if (state === 'spent') return { state, model: 'm', costMicroUsd: 1, durationMs: 1 };
  return { state, reason: 'r', durationMs: 1 };
}

/** The calls of all replicas together. */
class Calls {
  /** The most that were paid for, or might be, at any moment. */
  most = 0;
  #count = 0;

  async make(reservation: Reservation, state: Ending, scheduler: fc.Scheduler): Promise<void> {
    this.#count += 1;
    this.most = Math.max(this.most, this.#count);
    await scheduler.schedule(Promise.resolve());
    if (state === 'refused') this.#count -= 1;
    const outcome = settling(state);
    if (outcome) await reservation.settle(outcome);
  }
}

describe('replicas that share nothing but a store', () => {
  it('never have more paid calls than the limit, in whatever order their calls take effect', async () => {
    let met = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.array(ending, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
        async (scheduler, dailyLimit, replicas) => {
          const store = new ScheduledStore(scheduler);
          const keys = new ImageKeys('generated/v2');
          const clock = new RestlessClock(NOON);
          const calls = new Calls();
          const demand = replicas.flatMap((endings) => {
            const options = { store, keys, clock, dailyLimit, recordsPrefix: 'records' };
            const ledger = new ObjectStoreBudgetLedger(options);
            return endings.map(async (state) => {
              const reservation = await ledger.reserve(draft);
              if (reservation) await calls.make(reservation, state, scheduler);
            });
          });
          await scheduler.waitFor(Promise.all(demand));
          if (replicas.length > 1 && demand.length > dailyLimit) met += 1;
          expect(calls.most).toBeLessThanOrEqual(dailyLimit);
        },
      ),
      { numRuns: 1000 },
    );
    expect(met).toBeGreaterThan(100);
  });
});
