import { randomUUID } from 'node:crypto';
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

/** A budget of one picture or so, and a generator that does as it is told. */
function setting(generate: (request: ImageRequest) => Promise<GeneratedImage>, dailyLimit = 1) {
  const { store, keys, recordsPrefix, clock, request, made } = openPictureKeeping();
  const journal = new MemoryJournal();
  const calls: ImageRequest[] = [];
  const room = { calls: 9 };
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
    hasRoomFor: (calls) => calls <= room.calls,
  });
  const ledger = new ObjectStoreBudgetLedger({
    ...{ store, keys, recordsPrefix, clock },
    dailyLimit,
  });
  const { day } = made.place;
  const subject = { kind: 'page', page: request.page, country: request.country } as const;
  /** Buys as a product does. */
  const buy = async (confirm = async () => {}) => {
    const call = await generateImage.begin({ id: randomUUID(), day, subject, prompt: 'p' }, ledger);
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
  return { buy, generateImage, records, calls, journal, room };
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

describe('while so many paid images wait for the store that another one might be lost', () => {
  it('nothing is reserved', async () => {
    const { image } = openPictureKeeping().made;
    const { buy, records, calls, room } = setting(async () => image);
    room.calls = 0;
    await expect(buy()).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(calls).toEqual([]);
    expect(await records()).toEqual([]);
    room.calls = 1;
    expect(await buy()).toBe('bought');
  });

  it('a call that waited for its turn is not made, and its unit and its turn come back', async () => {
    const { image } = openPictureKeeping().made;
    const first = Promise.withResolvers<void>();
    const { buy, records, calls, room, generateImage } = setting(async () => {
      await first.promise;
      return image;
    }, 2);
    const bought = buy();
    await expect.poll(() => calls.length).toBe(1);
    const waiting = buy();
    const refused = expect(waiting).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect.poll(() => generateImage.underWay().waiting).toBe(1);
    room.calls = 0;
    first.resolve();
    expect(await bought).toBe('bought');
    await refused;
    expect(calls).toHaveLength(1);
    await expect.poll(records).toEqual(expect.arrayContaining(['refused 0']));
    room.calls = 1;
    expect(await buy()).toBe('bought');
  });
});
