import { describe, expect, it } from 'vitest';
import { ObjectStoreBudgetLedger } from '../../../src/adapters/budget-ledger/object-store.ts';
import { MemoryJournal } from '../../../src/adapters/journal/memory.ts';
import { GenerateImage } from '../../../src/domain/generation/generate-image.ts';
import type {
  GeneratedImage,
  ImageRequest,
} from '../../../src/domain/generation/image-generator.ts';
import { claimLost } from '../../../src/domain/kernel/errors.ts';
import { Semaphore } from '../../../src/domain/kernel/semaphore.ts';
import { openPictureKeeping } from '../../support/open-picture-keeping.ts';

/** A budget of one picture, and a generator that does as it is told. */
function setting(generate: (request: ImageRequest) => Promise<GeneratedImage>) {
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
    ...{ generator, clock, journal },
    maxModerated: 9,
    slots: new Semaphore(1),
  });
  const ledger = new ObjectStoreBudgetLedger({
    ...{ store, keys, recordsPrefix, clock },
    dailyLimit: 1,
  });
  const { id, day } = made.place;
  const subject = { kind: 'page', page: request.page, country: request.country } as const;
  /** Buys as a product does. */
  const buy = async (confirm = async () => {}) => {
    const call = await generateImage.begin({ id, day, subject, prompt: 'p' }, ledger);
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
