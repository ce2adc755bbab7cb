import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ObjectStoreBudgetLedger } from '../../../src/adapters/budget-ledger/object-store.ts';
import { MemoryJournal } from '../../../src/adapters/journal/memory.ts';
import { GenerateImage } from '../../../src/domain/generation/generate-image.ts';
import type {
  GeneratedImage,
  ImageRequest,
} from '../../../src/domain/generation/image-generator.ts';
import { Semaphore } from '../../../src/domain/kernel/concurrency.ts';
import { CafeError, claimLost } from '../../../src/domain/kernel/errors.ts';
import { openPictureKeeping } from '../../support/open-picture-keeping.ts';

/** A budget of one picture, and a generator that does as it is told. */
function setting(
  generate: (request: ImageRequest) => Promise<GeneratedImage>,
  { dailyLimit = 1 } = {},
) {
  const { store, keys, recordsPrefix, clock, request, made } = openPictureKeeping();
  const journal = new MemoryJournal();
  const calls: ImageRequest[] = [];
  const generator = {
    model: 'm',
    dearestMicroUsd: 10,
    generate: (asked: ImageRequest) => {
      calls.push(asked);
      return generate(asked);
    },
  };
  const generateImage = new GenerateImage({
    generator,
    clock,
    journal,
    maxModerated: 9,
    slots: new Semaphore(1),
  });
  const ledger = new ObjectStoreBudgetLedger({
    store,
    keys,
    recordsPrefix,
    clock,
    dailyLimit,
  });
  const { day } = made.place;
  const subject = { kind: 'page', page: request.page, country: request.country } as const;
  /** Buys as a product does. */
  const buy = async (confirm = async () => {}, obstacle?: () => CafeError | undefined) => {
    const order = { id: randomUUID(), day, subject, prompt: 'p' };
    const call = await generateImage.begin(order, ledger, obstacle);
    if (!call) return undefined;
    try {
      await confirm();
      await generateImage.call(call, confirm);
      return 'bought';
    } catch (cause) {
      await generateImage.fail(call, generateImage.failureOf(call, cause));
      throw cause;
    } finally {
      generateImage.end(call, true);
    }
  };
  const records = async () => {
    const listed = await Array.fromAsync(store.list('records/'));
    return listed.map(({ key }) => key.split('.').slice(1, 3).join(' '));
  };
  return { buy, generateImage, records, calls, journal };
}

describe('a call that fails', () => {
  it('counts as spent where nobody knows why', async () => {
    const { buy, records } = setting(async () => {
      throw new TypeError('a mistake of ours');
    });
    await expect(buy()).rejects.toThrow('a mistake of ours');
    expect(await records()).toEqual(['unknown 10']);
    expect(await buy()).toBeUndefined();
  });
});

describe('K14: a page that is lost', () => {
  it('while it waited for its turn, has no call made, and its unit comes back', async () => {
    const { image } = openPictureKeeping().made;
    const { buy, records, calls } = setting(async () => image);
    const lost = buy(() => Promise.reject(claimLost()));
    await expect(lost).rejects.toMatchObject({ reason: 'claim_lost', billing: 'refused' });
    expect(calls).toEqual([]);
    expect(await records()).toEqual(['refused 0']);
    expect(await buy()).toBe('bought');
  });

  it('while the generator waited, is no failure of the generator', async () => {
    let asked = 0;
    const { buy, records, journal } = setting(async ({ beforeCall }) => {
      await beforeCall?.();
      throw new Error('not reached');
    });
    const lost = buy(async () => {
      asked += 1;
      if (asked === 2) throw claimLost();
    });
    await expect(lost).rejects.toMatchObject({ reason: 'claim_lost' });
    expect(await records()).toEqual(['refused 0']);
    expect(journal.events).toEqual([]);
  });
});

describe('a call that has no turn before the service stops', () => {
  it('gives its unit back', async () => {
    const { buy, generateImage, records, calls } = setting(() => new Promise(() => {}));
    generateImage.close();
    await expect(buy()).rejects.toMatchObject({ code: 'draining' });
    expect(calls).toEqual([]);
    expect(await records()).toEqual(['refused 0']);
  });
});

describe('an obstacle', () => {
  const away = new CafeError('storage_unavailable', 'away');

  it('is found before anything is reserved', async () => {
    const { image } = openPictureKeeping().made;
    const { buy, records, calls } = setting(async () => image);
    await expect(buy(undefined, () => away)).rejects.toBe(away);
    expect(calls).toEqual([]);
    expect(await records()).toEqual([]);
    expect(await buy()).toBe('bought');
  });

  it('that comes up while a call waits for its turn gives its unit and its turn back', async () => {
    const { image } = openPictureKeeping().made;
    const first = Promise.withResolvers<void>();
    const paint = () => first.promise.then(() => image);
    const { buy, records, calls, generateImage } = setting(paint, { dailyLimit: 2 });
    const bought = buy();
    await expect.poll(() => calls.length).toBe(1);
    let obstacle: CafeError | undefined;
    const refused = expect(buy(undefined, () => obstacle)).rejects.toBe(away);
    await expect.poll(() => generateImage.underWay().waiting).toBe(1);
    obstacle = away;
    first.resolve();
    expect(await bought).toBe('bought');
    await refused;
    expect(calls).toHaveLength(1);
    expect(await records()).toContain('refused 0');
    expect(await buy()).toBe('bought');
  });
});
