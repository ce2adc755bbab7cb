import { expect, it, vi } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { ObjectStorePageClaims } from '../../src/adapters/page-claims/object-store.ts';
import type { Claim } from '../../src/domain/pages/page-claims.ts';
import { keys, LEASE_MS, NOON, newKey, requestFor } from '../contracts/page-claims.contract.ts';

const request = requestFor('/posts/a');

it('does not say that a picture is named while the store refuses every write of the note', async () => {
  const store = new MemoryImageStore({ publicBaseUrl: 'https://pictures.example' });
  const claims = new ObjectStorePageClaims({
    store,
    keys,
    recordsPrefix: 'records',
    clock: new ManualClock(NOON),
    journal: new MemoryJournal(),
    leaseMs: LEASE_MS,
  });
  const first = newKey();
  const held = (await claims.claim(request, first, new AbortController().signal)) as Claim;
  // Its reads are behind its writes, or something between changes the condition.
  const put = vi.spyOn(store, 'put').mockResolvedValue(undefined);
  await expect(held.name(newKey())).rejects.toMatchObject({ code: 'storage_unavailable' });
  put.mockRestore();
  const second = newKey();
  await held.name(second);
  expect((await claims.recall(request)).making).toEqual([second]);
  await held.release({});
});
