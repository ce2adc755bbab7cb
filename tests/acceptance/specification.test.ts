import { describe, expect, it } from 'vitest';
import { ORIGIN, openTestCafe, READERS } from '../support/open-test-cafe.ts';
import { today } from '../support/utc-days.ts';

const POOL = /^generated\/v2\/\d{4}\/\d{2}\/\d{2}\//;
const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** One test for each bullet of the specification's section 9 that concerns the server. */
describe('specification, 9: the implementation is complete when', () => {
  it('a request for a page that has a stable page-cache object returns its URL without an OpenAI request', async () => {
    const { s3, openai, ask } = await openTestCafe();
    const key = 'generated/v2/page-cache/article/posts/example-article-france.png';
    s3.seed(key, 'a picture');
    const { status, body } = await ask('/posts/example-article');
    expect([status, body]).toEqual([200, { url: `${ORIGIN}/${key}` }]);
    expect(openai.journal).toEqual([]);
    expect(s3.calls('list')).toEqual([]);
  });

  it('200 is returned only after a fresh image upload succeeds', async () => {
    const { s3, ask, pngs } = await openTestCafe();
    const uploaded = Promise.withResolvers<void>();
    const page = { operation: 'put', key: /\/page-cache\// } as const;
    s3.fault(page, { kind: 'wait', until: uploaded.promise });
    let isAnswered = false;
    const answer = ask('/posts/a').finally(() => {
      isAnswered = true;
    });
    await expect.poll(() => s3.countOf(page)).toBe(1);
    expect(isAnswered).toBe(false);
    uploaded.resolve();
    const { status, body } = await answer;
    expect(status).toBe(200);
    const [dated, placed] = pngs();
    expect(body.url).toBe(`${ORIGIN}/${placed}`);
    expect(s3.objects.get(placed!)?.bytes).toEqual(s3.objects.get(dated!)?.bytes);
  });

  it('200 is returned only after a random fallback image has been selected', async () => {
    const { s3, ask } = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '0' } });
    expect((await ask('/posts/a')).status).toBe(503);
    s3.seed(`generated/v2/2026/01/01/${id(1)}.png`, 'a picture');
    const { status, body } = await ask('/posts/a');
    expect(status).toBe(200);
    expect(s3.objects.has(body.url.slice(ORIGIN.length + 1))).toBe(true);
  });

  it('with the daily budget exhausted, a random existing image is returned without an OpenAI request', async () => {
    const { s3, openai, ask } = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '3' } });
    for (const n of [1, 2, 3]) s3.seed(`generated/v2/${today()}/${id(n)}.png`, `picture ${n}`);
    const shown = new Set<string>();
    for (let n = 0; n < 60; n += 1) {
      const { status, body } = await ask(`/posts/${n}`);
      expect([status, body.url]).toEqual([
        200,
        `${ORIGIN}/generated/v2/page-cache/article/posts/${n}-france.png`,
      ]);
      const key = body.url.slice(ORIGIN.length + 1);
      shown.add(Buffer.from(s3.objects.get(key)!.bytes).toString());
    }
    expect([...shown].sort()).toEqual(['picture 1', 'picture 2', 'picture 3']);
    expect(openai.journal).toEqual([]);
  });

  it("fresh generations use the request's country in the prompt when it is known, else the worldwide prompt", async () => {
    const { openai, countryIs, ask } = await openTestCafe();
    await ask('/posts/a', { from: READERS.JP });
    await ask('/posts/a', { from: READERS.unknown });
    await ask('/posts/b', { from: '10.0.0.1' });
    const prompts = openai.journal.map(({ body }) => (body as { prompt: string }).prompt);
    expect(prompts[0]).toContain('popular in Japan');
    expect(prompts[1]).toContain('popular somewhere in the world');
    expect(prompts[2]).toBe(prompts[1]);
    expect(prompts[1]).not.toContain('Japan');
    expect(countryIs.journal).toEqual([`/${READERS.JP}`, `/${READERS.unknown}`]);
  });

  it('fresh generations include a country slug suffix in the image key when the country is known', async () => {
    const { ask, pngs } = await openTestCafe();
    await ask('/posts/a', { from: READERS.JP });
    await ask('/posts/a', { from: READERS.unknown });
    const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
    const dated = pngs(`generated/v2/${today()}/`);
    expect(dated).toHaveLength(2);
    expect(dated).toContainEqual(
      expect.stringMatching(new RegExp(`^generated/v2/${today()}/${uuid}-japan\\.png$`)),
    );
    expect(dated).toContainEqual(
      expect.stringMatching(new RegExp(`^generated/v2/${today()}/${uuid}\\.png$`)),
    );
  });

  it('fallback selection prefers images of the country and otherwise takes any', async () => {
    const { s3, ask } = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '0' } });
    // Equatorial Guinea's key ends like Guinea's, and is not of the same country.
    for (let n = 1; n <= 9; n += 1) {
      s3.seed(`generated/v2/2026/01/0${n}/${id(n)}-equatorial-guinea.png`, 'other');
    }
    s3.seed(`generated/v2/2026/01/05/${id(50)}-guinea.png`, 'guinea');
    const bytes = async (path: string, from: string) => {
      const { body } = await ask(path, { from });
      const key = body.url.slice(ORIGIN.length + 1);
      return Buffer.from(s3.objects.get(key)!.bytes).toString();
    };
    for (let n = 0; n < 20; n += 1) {
      expect(await bytes(`/posts/${n}`, READERS.GN)).toBe('guinea');
    }
    expect(['other', 'guinea']).toContain(await bytes('/posts/a', READERS.FR));
  });

  it('deterministic per-page cache keys are kept apart from the dated pool', async () => {
    const first = await openTestCafe();
    const { body } = await first.ask('/posts/example-article');
    const [dated, placed, ...rest] = first.pngs();
    expect(dated).toMatch(POOL);
    expect(dated).not.toContain('example');
    expect(placed).toBe('generated/v2/page-cache/article/posts/example-article-france.png');
    expect(rest).toEqual([]);
    // Another process has the same key for the page.
    const second = await openTestCafe();
    expect((await second.ask('/posts/example-article')).body).toEqual(body);
  });
});
