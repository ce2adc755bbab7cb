import { describe, expect, it, vi } from 'vitest';
import { ObjectStoreBudgetLedger } from '../../../src/adapters/budget-ledger/object-store.ts';
import { ObjectStorePageClaims } from '../../../src/adapters/page-claims/object-store.ts';
import { GeneratePageImage } from '../../../src/domain/cafe/generate-page-image.ts';
import { ReviewQueue } from '../../../src/domain/cafe/moderation/review-queue.ts';
import { PlaceImage } from '../../../src/domain/cafe/placement/place-image.ts';
import { PlacementIndex } from '../../../src/domain/cafe/placement/placement-index.ts';
import { StorePageImage } from '../../../src/domain/cafe/placement/store-page-image.ts';
import { GenerateImage } from '../../../src/domain/generation/generate-image.ts';
import type { ImageRequest } from '../../../src/domain/generation/image-generator.ts';
import { PersistImage } from '../../../src/domain/images/persist-image.ts';
import { Semaphore } from '../../../src/domain/kernel/concurrency.ts';
import { openPictureKeeping } from '../../support/open-picture-keeping.ts';

const MINUTE = 60_000;

/** Replicas over one store, each with images of its own that the store rejected. */
function openReplicas(isReviewedBefore: boolean) {
  const kept = openPictureKeeping();
  const {
    store,
    keys,
    recordsPrefix,
    clock,
    journal,
    made,
    request,
    openUnstored,
    makeRenditions,
  } = kept;
  const calls: ImageRequest[] = [];
  const generator = {
    model: 'm',
    dearestMicroUsd: 10,
    generate: async (asked: ImageRequest) => {
      await asked.beforeCall?.();
      calls.push(asked);
      return made.image;
    },
  };
  const open = () => {
    const unstored = openUnstored();
    const common = { store, keys, recordsPrefix, clock, journal };
    const persistImage = new PersistImage({ ...common, unstored });
    const placementIndex = new PlacementIndex(common);
    const placeImage = new PlaceImage({ ...common, placementIndex });
    const storing = { ...common, persistImage, makeRenditions };
    const ledger = new ObjectStoreBudgetLedger({ ...common, dailyLimit: 9 });
    const generatePageImage = new GeneratePageImage({
      ...common,
      claims: new ObjectStorePageClaims(common),
      generateImage: new GenerateImage({
        generator,
        clock,
        journal,
        maxModerated: 9,
        slots: new Semaphore(1),
      }),
      unstored,
      placeImage,
      storePageImage: new StorePageImage({ ...storing, events: kept.events, placeImage }),
      reviewQueue: new ReviewQueue(storing),
      isReviewedBefore,
    });
    return () => generatePageImage.generate(request, { ledger });
  };
  return { ...kept, calls, open };
}

describe.each([false, true])(
  'S4: an image that another replica holds, reviewed first: %s',
  (reviewed) => {
    async function openHolding() {
      const replicas = openReplicas(reviewed);
      const { store, clock, calls, open } = replicas;
      const [first, second] = [open(), open()];
      store.refuses = /\.png$/;
      const put = vi.spyOn(store, 'put');
      const pngs = () => put.mock.calls.filter(([key]) => key.endsWith('.png')).length;
      const failed = expect(first()).rejects.toMatchObject({ code: 'storage_unavailable' });
      await vi.waitFor(() => expect(pngs()).toBeGreaterThan(0), 30_000);
      await clock.advance(MINUTE);
      await failed;
      expect(calls).toHaveLength(1);
      return { ...replicas, first, second };
    }

    it('is not bought again, however often either is asked', async () => {
      const { calls, first, second } = await openHolding();
      for (const ask of [second, first, second, first]) {
        await expect(ask()).rejects.toMatchObject({ code: 'storage_unavailable' });
      }
      expect(calls).toHaveLength(1);
    });

    it('is found by the other one once it is stored', async () => {
      const { store, clock, calls, second } = await openHolding();
      store.refuses = undefined;
      await clock.advance(MINUTE);
      expect(await second()).toMatchObject(reviewed ? { awaitsReview: true } : { placed: true });
      expect(calls).toHaveLength(1);
    });

    it('is bought again where it is not stored within ten minutes', async () => {
      const { store, clock, calls, second } = await openHolding();
      await expect(second()).rejects.toMatchObject({ code: 'storage_unavailable' });
      await clock.advance(11 * MINUTE);
      store.refuses = undefined;
      expect(await second()).toMatchObject(reviewed ? { awaitsReview: true } : { placed: true });
      expect(calls).toHaveLength(2);
    });
  },
);
