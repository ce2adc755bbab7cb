import { budgetInSqlContract } from './budget-in-sql.contract.ts';

budgetInSqlContract('the embedded database', {
  numRuns: { pacing: 8, model: 30, replicas: 40 },
});
