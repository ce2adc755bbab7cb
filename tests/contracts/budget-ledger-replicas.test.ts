import { budgetOverRecords } from '../support/open-budget.ts';
import { ScheduledStore } from '../support/scheduled-store.ts';
import { NOON } from './budget-ledger.contract.ts';
import { budgetReplicasContract } from './budget-ledger-replicas.contract.ts';

budgetReplicasContract(
  'a store',
  async (scheduler) =>
    budgetOverRecords({
      at: NOON,
      store: new ScheduledStore(scheduler),
      isControlled: false,
      closes: false,
    }),
  { numRuns: 1000, minMet: 50 },
);
