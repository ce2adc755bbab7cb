import { describe, expect, it, vi } from 'vitest';
import { ReviewQueue } from '../../../../src/domain/cafe/moderation/review-queue.ts';
import { DATED, NAME, openPictureKeeping } from '../../../support/open-picture-keeping.ts';

const PENDING = `records/pending/${NAME}.png`;

function open() {
  const { request, made, ...keeping } = openPictureKeeping({ width: 500 });
  const { store, clock, journal, pool } = keeping;
  const reviewQueue = new ReviewQueue(keeping);
  return {
    store,
    clock,
    journal,
    pool,
    reviewQueue,
    bytes: made.image.bytes,
    keep: () => reviewQueue.keep(request, made),
    stored: async () => (await Array.fromAsync(store.list(''))).map(({ key }) => key),
  };
}

describe('a picture that waits for approval', () => {
  it('is kept out of sight with its renditions, labelled as it will be', async () => {
    const { store, bytes, pool, reviewQueue, keep, stored, journal } = open();
    await keep();
    expect(await stored()).toEqual(
      ['480.webp', 'card.jpg', 'png'].map((end) => `records/pending/${NAME}.${end}`),
    );
    expect(Buffer.compare((await store.get(PENDING))!.bytes, bytes)).toBe(0);
    expect(await store.head(PENDING)).toMatchObject({
      contentType: 'image/png',
      cacheControl: 'public, max-age=31536000, immutable',
      metadata: { source: 'generated', country: 'FR', dated: NAME, widths: '480' },
    });
    expect([await reviewQueue.has(DATED), pool.size]).toEqual([true, 0]);
    expect(journal.events).toMatchObject([{ event: 'picture_awaits_review', key: PENDING }]);
  });

  it('names no renditions where they cannot be stored', async () => {
    const { store, keep, stored } = open();
    store.refuses = /card\.jpg$/;
    await keep();
    expect(Object.keys((await store.head(PENDING))?.metadata ?? {})).not.toContain('widths');
    expect(await stored()).toContain(PENDING);
  });

  it('is held where the store does not take it, and waits as soon as it does', async () => {
    const { store, clock, reviewQueue, keep, journal } = open();
    store.refuses = /\.png$/;
    const failure = expect(keep()).rejects.toMatchObject({ code: 'storage_unavailable' });
    await vi.waitFor(() => expect(store.puts).toBe(1));
    await clock.advance(30_000);
    await failure;
    expect(journal.events).toMatchObject([{ event: 'storing_failed' }]);
    await expect(reviewQueue.has(DATED)).rejects.toMatchObject({ code: 'storage_unavailable' });
    store.refuses = undefined;
    expect(await reviewQueue.has(DATED)).toBe(true);
  });

  it('does not wait once it is in the pool, or nowhere', async () => {
    const { store, reviewQueue, keep } = open();
    expect(await reviewQueue.has(DATED)).toBe(false);
    await keep();
    expect(await reviewQueue.among([DATED, DATED.replace('1-f', '2-f')])).toEqual([DATED]);
    await store.put(DATED, Buffer.from('x'), { contentType: 'image/png' });
    expect(await reviewQueue.has(DATED)).toBe(false);
  });
});
