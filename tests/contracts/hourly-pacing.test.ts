import { budgetOverRecords } from '../support/open-budget.ts';
import { hourlyPacingContract, MIDNIGHT } from './hourly-pacing.contract.ts';

hourlyPacingContract('a budget kept as records', async () => budgetOverRecords({ at: MIDNIGHT }), {
  numRuns: 60,
});
