import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { ObjectStorePageClaims } from '../../src/adapters/page-claims/object-store.ts';
import type { ObjectStore } from '../../src/domain/storage/object-store.ts';
import { type ClaimsUnderTest, keys, LEASE_MS } from '../contracts/page-claims.contract.ts';
import { CountedStore } from './counted-store.ts';

/** Claims on a store that all of its replicas share. */
export function claimsOver(inner: ObjectStore, recordsPrefix = 'records'): ClaimsUnderTest {
  const store = new CountedStore(inner);
  const journal = new MemoryJournal();
  const settings = { store, keys, recordsPrefix, journal, leaseMs: LEASE_MS };
  return { store, open: (clock) => new ObjectStorePageClaims({ ...settings, clock }) };
}
