import { expect, it } from 'vitest';
import { fuzz } from '../support/fuzz-server.ts';

it('G1, G2, N10, N13: two thousand hostile requests break nothing; a hundred thousand are in tests/long', async () => {
  const { requests, statuses } = await fuzz(2000);
  expect(requests).toBe(2000);
  // Of each there are some, or the requests are not what they are meant to be.
  for (const status of [200, 400, 404, 405, 413]) expect(statuses[status]).toBeGreaterThan(5);
});
