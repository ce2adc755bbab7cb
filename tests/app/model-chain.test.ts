import { describe, expect, it } from 'vitest';
import { openTestCafe, type TestCafe } from '../support/open-test-cafe.ts';
import { refusal } from '../support/openai-answers.ts';

const CHAIN = {
  OPENAI_IMAGE_MODEL: 'gpt-image-old',
  OPENAI_IMAGE_MODEL_FALLBACKS: 'gpt-image-2.6-flare,gpt-image-2',
};
const GONE = refusal(400, {
  message: "The model 'gpt-image-old' does not exist.",
  code: 'invalid_value',
});
const VERIFY = refusal(403, {
  message: 'Your organization must be verified to use the model `gpt-image-2.6-flare`.',
});

const models = ({ openai }: TestCafe) =>
  openai.journal.map(({ body }) => (body as { model: string }).model);
const states = ({ keys }: TestCafe) => keys('records/2').map((key) => key.split('.')[1] ?? '');

describe('a chain of models', () => {
  it('is walked with one reservation and one paid call, and the unit is spent once', async () => {
    const env = { ...CHAIN, DAILY_GENERATION_BUDGET: '1' };
    const cafe = await openTestCafe({ env });
    cafe.openai.answerNext(GONE, VERIFY);
    expect((await cafe.ask('/posts/a')).status).toBe(200);
    expect(models(cafe)).toEqual(['gpt-image-old', 'gpt-image-2.6-flare', 'gpt-image-2']);
    await cafe.cafe.servePageImage.finished();
    expect(states(cafe)).toEqual(['spent']);
  });

  it('that is refused as a whole gives the unit back', async () => {
    const env = { ...CHAIN, DAILY_GENERATION_BUDGET: '1', GENERATOR_PAUSE_MS: '100' };
    const cafe = await openTestCafe({ env });
    cafe.openai.answerNext(GONE, VERIFY, VERIFY);
    expect((await cafe.ask('/posts/a')).status).toBe(502);
    expect(states(cafe)).toEqual(['refused']);
    await expect.poll(async () => (await cafe.ask('/posts/a')).status).toBe(200);
  });

  it('is remembered over a restart, as far as models are gone', async () => {
    const first = await openTestCafe({ env: CHAIN });
    first.openai.answerNext(GONE);
    expect((await first.ask('/posts/a')).status).toBe(200);
    await first.drain();
    expect(first.keys('records/models')).toEqual(['records/models.json']);

    const second = await openTestCafe({ env: CHAIN, beside: first });
    await second.cafe.watchModels.recall();
    expect((await second.ask('/posts/b')).status).toBe(200);
    expect(models(second)).toEqual(['gpt-image-old', 'gpt-image-2.6-flare', 'gpt-image-2.6-flare']);
  });

  it('is forgotten where another server is asked, or nothing can be read', async () => {
    const first = await openTestCafe({ env: CHAIN });
    first.openai.answerNext(GONE);
    await first.ask('/posts/a');
    await first.drain();
    const elsewhere = { OPENAI_BASE_URL: `${first.urls.openai}/another/v1` };
    const second = await openTestCafe({ env: { ...CHAIN, ...elsewhere }, beside: first });
    await second.cafe.watchModels.recall();
    expect((await second.ask('/posts/b')).status).toBe(200);
    expect(models(second).at(-1)).toBe('gpt-image-old');

    first.s3.seed('records/models.json', 'nonsense');
    const third = await openTestCafe({ env: CHAIN, beside: first });
    await third.cafe.watchModels.recall();
    expect((await third.ask('/posts/c')).status).toBe(200);
    expect(models(third).at(-1)).toBe('gpt-image-old');
  });
});
