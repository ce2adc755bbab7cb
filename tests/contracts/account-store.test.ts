import { MemoryAccountStore } from '../../src/adapters/account-store/memory.ts';
import { accountStoreContract } from './account-store.contract.ts';

accountStoreContract('MemoryAccountStore', async () => {
  const store = new MemoryAccountStore();
  return { store, another: store };
});
