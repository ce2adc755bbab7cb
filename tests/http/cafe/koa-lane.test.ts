import { describe } from 'vitest';
import { lanes } from '../../support/open-test-cafe.ts';

/** What holds of the service holds without its fast lane, too: the same tests, through Koa alone. */
describe('without the fast lane', async () => {
  lanes.hasFastLane = false;
  await import('../http.test.ts');
  await import('./generate.test.ts');
});
