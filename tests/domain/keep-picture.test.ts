import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { countryByCode } from '../../src/domain/country.ts';
import { CafeError } from '../../src/domain/errors.ts';
import { ImageKeys } from '../../src/domain/image-key.ts';
import { KeepPicture } from '../../src/domain/keep-picture.ts';
import { pageAt } from '../../src/domain/page.ts';
import { PicturePool } from '../../src/domain/picture-pool.ts';
import { tinyPng } from '../support/tiny-png.ts';

/** A store of which writing fails a number of times. */
class MoodyStore extends MemoryImageStore {
  failures = 0;
  puts = 0;

  override put(...args: Parameters<MemoryImageStore['put']>) {
    this.puts += 1;
    if (this.failures === 0) return super.put(...args);
    this.failures -= 1;
    return Promise.reject(new CafeError('storage_unavailable', 'down'));
  }
}

function keepOne() {
  const store = new MoodyStore({ publicBaseUrl: 'https://pictures.example' });
  const keys = new ImageKeys('generated/v2');
  const clock = new ManualClock(Date.UTC(2026, 10, 21));
  const journal = new MemoryJournal();
  const pool = new PicturePool({ store, keys, clock, journal });
  const keepPicture = new KeepPicture({ store, keys, pool, clock, journal });
  const page = pageAt('/posts/a', 'article');
  const country = countryByCode('FR');
  const request = { page, country, countryIsReliable: true, key: keys.page(page, country) };
  const made = {
    reservation: {
      id: '00000000-0000-4000-8000-000000000001',
      day: '2026/11/21',
      settle: () => Promise.resolve(),
    },
    image: { bytes: tinyPng(), width: 16, height: 16, model: 'm', costMicroUsd: 1 },
    settled: Promise.resolve(),
  } as const;
  const stored = async () => {
    const found = [];
    for await (const { key } of store.list('generated/')) found.push(key);
    return found;
  };
  return {
    store,
    clock,
    journal,
    keep: () => keepPicture.keep(request, made),
    repair: () => keepPicture.repair(request),
    stored,
  };
}

describe('S4: a picture that is paid for', () => {
  it.each([1, 3, 5])(
    'is stored though the store fails %d times over half a minute',
    async (failures) => {
      const { store, clock, keep } = keepOne();
      store.failures = failures;
      const kept = keep();
      await turn();
      await clock.advance(30_000);
      expect((await kept).url).toContain('/page-cache/article/posts/a-france.png');
    },
  );

  /** A picture that the store did not take for half a minute. */
  async function keepInVain() {
    const kept = keepOne();
    kept.store.failures = Number.POSITIVE_INFINITY;
    const failure = expect(kept.keep()).rejects.toMatchObject({ code: 'storage_unavailable' });
    await turn();
    await kept.clock.advance(30_000);
    await failure;
    expect(kept.store.puts).toBe(6);
    return kept;
  }
  const PLACED = expect.stringContaining('/page-cache/article/posts/a-france.png');

  it('is held after six tries, and stored at the next request', async () => {
    const { store, repair, stored } = await keepInVain();
    await expect(repair()).rejects.toMatchObject({ code: 'storage_unavailable' });
    store.failures = 0;
    expect(await repair()).toMatchObject({ url: PLACED });
    expect(await stored()).toHaveLength(2);
    expect(await repair()).toBeUndefined();
  });

  it('is held after six tries, and stored without a request once the store takes it', async () => {
    const { store, clock, stored } = await keepInVain();
    await clock.advance(60_000);
    store.failures = 0;
    await clock.advance(20_000);
    expect(await stored()).toEqual([expect.stringMatching(/^generated\/v2\/2026/), PLACED]);
  });

  it('is given up after ten minutes, which is written down', async () => {
    const { store, clock, journal, repair } = await keepInVain();
    await clock.advance(11 * 60_000);
    expect(journal.events).toMatchObject([
      { event: 'storing_failed', isHeld: true },
      { event: 'storing_failed', isHeld: false },
    ]);
    store.failures = 0;
    expect(await repair()).toBeUndefined();
  });
});
