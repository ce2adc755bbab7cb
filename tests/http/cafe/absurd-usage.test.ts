import { expect, it } from 'vitest';
import { openTestCafe } from '../../support/open-test-cafe.ts';

const env = { DAILY_GENERATION_BUDGET: '1', REVIEW: 'before', ADMIN_TOKEN: 'a'.repeat(40) };

it('a picture counts for every replica, however many tokens its answer reports', async () => {
  const first = await openTestCafe({ env });
  first.openai.answerNext(async ({ usual }) => {
    const answer = (await usual().json()) as object;
    const usage = { input_tokens: 1, output_tokens: Number.MAX_SAFE_INTEGER };
    return Response.json({ ...answer, usage });
  });
  await first.ask('/posts/a');
  await first.cafe.servePageImage.finished();
  const second = await openTestCafe({ env, beside: first });
  await second.ask('/posts/b');
  expect(first.openai.generations).toHaveLength(1);
});
