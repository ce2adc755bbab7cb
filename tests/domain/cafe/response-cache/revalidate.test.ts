import { expect, it } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clock/manual.ts';
import { MemoryImageStore } from '../../../../src/adapters/image-store/memory.ts';
import { MemoryJournal } from '../../../../src/adapters/journal/memory.ts';
import { ImagesBeingHidden } from '../../../../src/domain/cafe/moderation/images-being-hidden.ts';
import { findPlaced } from '../../../../src/domain/cafe/placement/place-image.ts';
import { ResponseCache } from '../../../../src/domain/cafe/response-cache/response-cache.ts';
import { RevalidateResponses } from '../../../../src/domain/cafe/response-cache/revalidate.ts';
import { pageAt } from '../../../../src/domain/pages/page.ts';
import { ImageKeys } from '../../../../src/domain/storage/image-keys.ts';

const MINUTE = 60_000;

it.each([
  ['is remembered again where nothing happened meanwhile', false],
  ['is not remembered where it was withdrawn meanwhile', true],
])('S18: a page that is checked behind its readers %s', async (_, isWithdrawn) => {
  const answered = Promise.withResolvers<void>();
  /** It looks at once, and answers late. */
  class SlowStore extends MemoryImageStore {
    isSlow = false;

    override async head(key: string) {
      const head = await super.head(key);
      if (this.isSlow) await answered.promise;
      return head;
    }
  }
  const store = new SlowStore({ publicBaseUrl: 'https://pictures.example' });
  const clock = new ManualClock(0);
  const known = new ResponseCache({ clock, freshMs: MINUTE, capacity: 10 });
  const [page, journal] = [pageAt('/posts/a', 'article'), new MemoryJournal()];
  const key = new ImageKeys('generated/v2').page(page, undefined);
  const request = { page, country: undefined, countryIsReliable: true, key };
  const pages = new RevalidateResponses({
    known,
    store,
    replaceFallback: undefined,
    beingHidden: new ImagesBeingHidden(),
    health: { isFailing: () => false },
    journal,
  });
  await store.put(key, Buffer.from('x'), { contentType: 'image/png' });
  const placed = await findPlaced(store, request);
  if (!placed) throw new Error('The page has no picture');
  known.remember(key, placed.image, known.withdrawals);
  await clock.advance(MINUTE);
  store.isSlow = true;
  expect(pages.recall(request)).toEqual(placed.image);
  if (isWithdrawn) {
    await store.delete(key);
    known.invalidate(key);
  }
  answered.resolve();
  await pages.finished();
  expect(known.recall(key)).toEqual(isWithdrawn ? undefined : { image: placed.image, fresh: true });
});
