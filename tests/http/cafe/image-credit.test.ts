import { describe, expect, it } from 'vitest';
import { openTestCafe } from '../../support/open-test-cafe.ts';

const DETAILS = { query: '?details=1' };
const SKETCH = { IMAGE_GENERATOR: 'sketch', DAILY_GENERATION_BUDGET: '1' };

describe('the answer says how a picture was made', () => {
  it.each([
    ['sketch', SKETCH, 'sketch', 'drawn by the sketch generator'],
    ['openai', { DAILY_GENERATION_BUDGET: '1' }, 'gpt-image-2', 'imagined by AI'],
  ])('by %s: new, known, copied, and after a restart', async (_, env, model, credit) => {
    const cafe = await openTestCafe({ env });
    const said = { model, alt: `A dish popular in France, ${credit}` };
    const own = (await cafe.ask('/posts/a', DETAILS)).body;
    expect(own).toMatchObject({ ...said, source: 'generated' });
    expect((await cafe.ask('/posts/a', DETAILS)).body).toMatchObject({ ...said, source: 'stored' });
    const copy = (await cafe.ask('/posts/b', DETAILS)).body;
    expect(copy).toMatchObject({ ...said, source: 'fallback' });

    // What pages show outlives the generator that was configured.
    const restarted = await openTestCafe({ beside: cafe, env: { DAILY_GENERATION_BUDGET: '1' } });
    for (const page of ['/posts/a', '/posts/b', '/posts/c']) {
      expect((await restarted.ask(page, DETAILS)).body).toMatchObject(said);
    }
  });

  it.each([
    ['without a model, as all were once', {}],
    ['with a model that is none', { model: '<script>' }],
  ])('says nothing of the model of one that was stored %s', async (_, more) => {
    const cafe = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '0' } });
    const metadata = { source: 'generated', country: 'FR', ...more };
    const labels = { contentType: 'image/png', metadata };
    cafe.s3.seed('generated/v2/page-cache/article/posts/old-france.png', 'picture', labels);
    const { status, body } = await cafe.ask('/posts/old', DETAILS);
    expect([status, body.alt]).toEqual([200, 'A dish popular in France, imagined by AI']);
    expect(body).not.toHaveProperty('model');
  });
});
