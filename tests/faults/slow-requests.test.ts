import { expect, it } from 'vitest';
import { openTestCafe } from '../support/open-test-cafe.ts';
import { slowRequests } from '../support/slow-requests.ts';

it('N13: 15 KB of blanks, quotes or semicolons in any header, body or target take no longer than their length', async () => {
  const { url, send } = await openTestCafe({
    env: { ADMIN_TOKEN: 'canary-admin-token-0123456789' },
  });
  expect(await slowRequests(url)).toEqual([]);
  expect((await send('/health')).status).toBe(200);
});
