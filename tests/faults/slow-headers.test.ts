import { expect, it } from 'vitest';
import { openTestCafe } from '../support/open-test-cafe.ts';
import { slowHeaders } from '../support/slow-headers.ts';

it('N13: 15 KB of blanks, quotes or semicolons in any header take no longer than their length', async () => {
  const { url, send } = await openTestCafe({
    env: { ADMIN_TOKEN: 'canary-admin-token-0123456789' },
  });
  expect(await slowHeaders(url)).toEqual([]);
  expect((await send('/health')).status).toBe(200);
}, 120_000);
