import { expect, it, vi } from 'vitest';
import { openTestCafe } from '../../support/open-test-cafe.ts';

const CONNECTIONS = 16;
const FLOOD = 3 * CONNECTIONS;
const isLookup = { operation: 'head', key: /made-up/ } as const;

it('S19: is ready, and stores what is being bought, while lookups occupy the store', async () => {
  const { s3, openai, send, ask } = await openTestCafe({
    env: {
      S3_MAX_CONNECTIONS: String(CONNECTIONS),
      S3_READ_TIMEOUT_MS: '60000',
      S3_WRITE_TIMEOUT_MS: '60000',
    },
  });
  const generator = Promise.withResolvers<void>();
  openai.answerNext(async ({ usual }) => {
    await generator.promise;
    return usual();
  });
  const bought = ask('/posts/new');
  await vi.waitFor(() => expect(openai.journal).toHaveLength(1), 60_000);
  s3.fault(isLookup, { kind: 'hang' }, Number.POSITIVE_INFINITY);
  const flood = Array.from({ length: FLOOD }, (_, n) =>
    send(`/api/cafe/image?path=/made-up/${n}&type=article`, { redirect: 'manual' }),
  );
  await vi.waitFor(() => expect(s3.countOf(isLookup)).toBeGreaterThanOrEqual(12), 60_000);
  expect((await send('/ready')).status).toBe(200);
  generator.resolve();
  expect((await bought).status).toBe(200);
  s3.mend();
  await Promise.all(flood);
}, 180_000);
