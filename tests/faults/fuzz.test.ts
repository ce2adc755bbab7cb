import { expect, it } from 'vitest';
import { fuzz } from '../support/fuzz-server.ts';

it('G1, G2, N10: three thousand hostile requests break nothing; a hundred thousand are in tests/long', async () => {
  const { requests, statuses } = await fuzz(3000);
  expect(requests).toBe(3000);
  // Of each there are some, or the requests are not what they are meant to be.
  for (const status of [200, 400, 404, 405, 413]) expect(statuses[status]).toBeGreaterThan(10);
}, 60_000);
