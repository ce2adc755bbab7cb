import { budgetInSqlContract } from '../contracts/budget-in-sql.contract.ts';

budgetInSqlContract('PostgreSQL', { numRuns: { pacing: 20, model: 60, replicas: 100 } });
