import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ObjectStoreBudgetLedger } from '../../src/adapters/budget-ledger/object-store.ts';
import { SystemClock } from '../../src/adapters/clock/system.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import { ImageKeys } from '../../src/domain/storage/image-keys.ts';
import { draft } from './budget-ledger.contract.ts';

/** Its calls overtake each other, as those to a store on the network do. */
class SlowStore extends MemoryImageStore {
  async #travel(): Promise<void> {
    for (let turns = 5 + Math.random() * 20; turns > 0; turns -= 1) await turn();
  }
  override async put(...args: Parameters<MemoryImageStore['put']>) {
    await this.#travel();
    return super.put(...args);
  }
  override async delete(key: string) {
    await this.#travel();
    return super.delete(key);
  }
  override async *list(prefix: string) {
    await this.#travel();
    yield* super.list(prefix);
  }
}

it.each([
  [2, 1, 1],
  [2, 20, 5],
  [3, 20, 15],
])(
  '%d replicas with %d callers each that meet at the last of %d units use them all',
  async (replicas, callers, dailyLimit) => {
    const store = new SlowStore({ publicBaseUrl: 'https://pictures.example' });
    const options = {
      store,
      dailyLimit,
      keys: new ImageKeys('generated/v2'),
      recordsPrefix: 'records',
      clock: new SystemClock(),
    };
    const rush = Array.from({ length: replicas }, () => {
      const ledger = new ObjectStoreBudgetLedger(options);
      return Array.from({ length: callers }, () => ledger.reserve(draft()));
    });
    const granted = (await Promise.all(rush.flat())).filter((each) => each !== undefined);
    expect(granted).toHaveLength(dailyLimit);
  },
);
