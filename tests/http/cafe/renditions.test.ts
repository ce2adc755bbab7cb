import { describe, expect, it } from 'vitest';
import { ORIGIN, openTestCafe, READERS, type TestCafe } from '../../support/open-test-cafe.ts';
import { tinyPng } from '../../support/tiny-png.ts';
import { today } from '../../support/utc-days.ts';

const PAGE_KEY = 'generated/v2/page-cache/article/posts/a-france.png';
const FOREVER = 'public, max-age=31536000, immutable';
const DETAILS = { query: '?details=1' };
const RENDITION = /\.(webp|jpg)$/;
const DATED = /^generated\/v2\/\d{4}\/.*\.png$/;

/** As large as a real one, and as heavy. */
const picture = (seed: number) => tinyPng({ seed, width: 1024, height: 1024, ballast: 1_500_000 });

function renditionsIn({ keys }: Pick<TestCafe, 'keys'>): string[] {
  return keys('generated/v2/').filter((key) => RENDITION.test(key));
}

function warnings({ log }: TestCafe): string[] {
  return log
    .map((line) => JSON.parse(line))
    .filter(({ level }) => ['warn', 'error'].includes(level))
    .map(({ msg }) => msg);
}

/** Whether anybody could load it from the bucket. */
function isStored({ s3 }: TestCafe, url: string): boolean {
  return s3.objects.has(url.slice(ORIGIN.length + 1));
}

describe('a new picture', () => {
  it('is offered smaller, and stays itself, under both keys', async () => {
    const cafe = await openTestCafe({ openai: { picture } });
    const { body } = await cafe.ask('/posts/a', DETAILS);
    const [dated = ''] = cafe.pngs('generated/v2/20');
    const base = dated.slice(0, -'.png'.length);
    const renditions = [480, 768, 1024].map((side) => ({
      url: `${ORIGIN}/${base}.${side}.webp`,
      width: side,
      height: side,
      type: 'image/webp',
    }));
    expect(body).toMatchObject({ url: `${ORIGIN}/${PAGE_KEY}`, width: 1024, renditions });
    const made = ['1024.webp', '480.webp', '768.webp', 'card.jpg'].map((form) => `${base}.${form}`);
    expect(renditionsIn(cafe)).toEqual(made);
    for (const key of made) {
      const contentType = key.endsWith('.jpg') ? 'image/jpeg' : 'image/webp';
      expect(cafe.s3.objects.get(key)).toMatchObject({ contentType, cacheControl: FOREVER });
    }
    for (const key of [dated, PAGE_KEY]) {
      const { bytes, metadata } = cafe.s3.objects.get(key)!;
      expect(Buffer.compare(bytes, picture(1))).toBe(0);
      expect(metadata).toMatchObject({
        source: 'generated',
        dated: base.slice('generated/v2/'.length),
        widths: '480,768,1024',
        thumbhash: body.placeholder,
      });
    }
    expect(Buffer.from(body.placeholder, 'base64').length).toBeGreaterThan(4);
    expect(warnings(cafe)).toEqual([]);
  });

  it('is offered smaller to the next reader and after a restart, for one look at its page', async () => {
    const cafe = await openTestCafe({ openai: { picture } });
    const first = await cafe.ask('/posts/a', DETAILS);
    const again = await cafe.ask('/posts/a', DETAILS);
    expect(again.body).toEqual({ ...first.body, source: 'stored' });
    const restarted = await openTestCafe({ beside: cafe });
    const calls = cafe.s3.journal.length;
    expect((await restarted.ask('/posts/a', DETAILS)).body).toEqual(again.body);
    // All requests share one look at the owner's settings every few seconds.
    const looks = cafe.s3.journal.slice(calls).filter(({ key }) => key !== 'records/control.json');
    expect(looks.map(({ operation }) => operation)).toEqual(['head']);
  });

  it('is answered with its URL alone to those who ask for no more', async () => {
    const { ask } = await openTestCafe({ openai: { picture } });
    const { body } = await ask('/posts/a');
    expect(body).toEqual({ url: `${ORIGIN}/${PAGE_KEY}` });
  });

  it('uses no more of the budget for all its files', async () => {
    const cafe = await openTestCafe({ openai: { picture }, env: { DAILY_GENERATION_BUDGET: '2' } });
    const restart = () => openTestCafe({ beside: cafe, env: { DAILY_GENERATION_BUDGET: '2' } });
    await cafe.ask('/posts/a');
    await (await restart()).ask('/posts/b');
    await (await restart()).ask('/posts/c');
    expect(cafe.openai.journal).toHaveLength(2);
    expect(cafe.pngs(`generated/v2/${today()}`)).toHaveLength(2);
  });

  it('goes without, and is bought once and stored, where its files cannot be', async () => {
    const cafe = await openTestCafe({ openai: { picture } });
    cafe.s3.fault({ operation: 'put', key: /768\.webp$/ }, { kind: 'status', status: 403 }, 9);
    const { status, body } = await cafe.ask('/posts/a', DETAILS);
    expect([status, body.url, body.source]).toEqual([200, `${ORIGIN}/${PAGE_KEY}`, 'generated']);
    expect(Object.keys(body)).not.toContain('renditions');
    expect(Object.keys(body)).not.toContain('placeholder');
    expect(cafe.openai.journal).toHaveLength(1);
    expect(cafe.pngs()).toHaveLength(2);
    for (const key of cafe.pngs()) {
      expect(Object.keys(cafe.s3.objects.get(key)!.metadata)).not.toContain('widths');
    }
    expect(warnings(cafe)).toEqual(['renditions failed']);
  });

  it('goes without where its files hang, after RENDITION_TIMEOUT_MS', async () => {
    const env = { RENDITION_TIMEOUT_MS: '1000' };
    const cafe = await openTestCafe({ env, openai: { picture } });
    cafe.s3.fault({ operation: 'put', key: RENDITION }, { kind: 'hang' }, 9);
    const { status, body } = await cafe.ask('/posts/a', DETAILS);
    expect([status, body.source, body.renditions]).toEqual([200, 'generated', undefined]);
    expect(warnings(cafe)).toEqual(['renditions failed']);
  });

  it('keeps them when it is placed only by the next request', async () => {
    const cafe = await openTestCafe({
      openai: { picture },
      env: { PAGE_CACHE_TTL_SECONDS: '0', CLAIM_LEASE_MS: '1000' },
    });
    cafe.s3.fault({ operation: 'put', key: PAGE_KEY }, { kind: 'status', status: 403 }, 1);
    const first = await cafe.ask('/posts/a', DETAILS);
    expect(first.body.url).toMatch(/\/generated\/v2\/\d{4}\//);
    const second = await cafe.ask('/posts/a', DETAILS);
    expect(second.body.url).toBe(`${ORIGIN}/${PAGE_KEY}`);
    expect(second.body.renditions).toEqual(first.body.renditions);
    expect(cafe.openai.journal).toHaveLength(1);
  });
});

describe('a page that shows a picture made for another', () => {
  it("is offered that picture's files, of which nothing is copied", async () => {
    const cafe = await openTestCafe({ openai: { picture }, env: { DAILY_GENERATION_BUDGET: '1' } });
    const first = await cafe.ask('/posts/a', { ...DETAILS, from: READERS.JP });
    const before = renditionsIn(cafe);
    const second = await cafe.ask('/posts/b', DETAILS);
    expect(second.body).toMatchObject({ source: 'fallback', country: { code: 'JP' } });
    expect(second.body.renditions).toEqual(first.body.renditions);
    expect(second.body.placeholder).toBe(first.body.placeholder);
    expect(renditionsIn(cafe)).toEqual(before);
    for (const { url } of second.body.renditions) expect(isStored(cafe, url)).toBe(true);
  });

  it('is offered them without a copy, too', async () => {
    const cafe = await openTestCafe({
      openai: { picture },
      env: { DAILY_GENERATION_BUDGET: '1', MAX_FALLBACK_COPIES_PER_DAY: '0' },
    });
    const first = await cafe.ask('/posts/a', DETAILS);
    const second = await cafe.ask('/posts/b', DETAILS);
    expect(second.body.url).toMatch(/\/generated\/v2\/\d{4}\//);
    expect(second.body.renditions).toEqual(first.body.renditions);
  });
});

describe('a picture from another day', () => {
  const ID = '00000000-0000-4000-8000-000000000001';
  const labels = (metadata: Record<string, string>) => ({
    contentType: 'image/png',
    metadata: { source: 'fallback', country: 'JP', width: '1024', height: '1024', ...metadata },
  });
  const dayBefore = (days: number) =>
    new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '/');
  const known = (days: number) => ({
    dated: `${dayBefore(days)}/${ID}-japan`,
    widths: '480,768,1024',
    thumbhash: '7wgGJwbdeGh/eHdudGeIh2d3RnUJRJcA',
  });

  it.each([
    [28, {}, 3],
    [31, {}, 0],
    [31, { IMAGE_LIFETIME_DAYS: '60' }, 3],
    [8, { IMAGE_LIFETIME_DAYS: '7' }, 0],
  ])('of %d days with %o is offered in %d sizes', async (days, env, sizes) => {
    const { s3, ask } = await openTestCafe({ env });
    s3.seed(PAGE_KEY, 'a copy', labels(known(days)));
    const { body } = await ask('/posts/a', DETAILS);
    expect(body.renditions ?? []).toHaveLength(sizes);
    expect(body).toMatchObject({ url: `${ORIGIN}/${PAGE_KEY}`, country: { code: 'JP' } });
    // The colours are in the page's own labels, and there for as long as it is.
    expect(body.placeholder).toBe(known(days).thumbhash);
  });

  it.each([
    ['dated', '../../../elsewhere'],
    ['dated', `${dayBefore(1)}/${ID}-japan.png?x=`],
    ['widths', '480,4096'],
    ['thumbhash', '<script>'],
  ])(
    'is not offered smaller where somebody labelled it with a strange %s: %s',
    async (name, value) => {
      const { s3, ask } = await openTestCafe();
      s3.seed(PAGE_KEY, 'a copy', labels({ ...known(1), [name]: value }));
      const { status, body } = await ask('/posts/a', DETAILS);
      expect([status, body.renditions, body.placeholder]).toEqual([200, undefined, undefined]);
    },
  );

  it('is shown without where it has none', async () => {
    const cafe = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '0' } });
    cafe.s3.seed(`generated/v2/${dayBefore(1)}/${ID}-france.png`, 'from before');
    const { status, body } = await cafe.ask('/posts/a', DETAILS);
    expect([status, body.source, body.renditions]).toEqual([200, 'fallback', undefined]);
    expect(cafe.keys('generated/v2/').filter((key) => DATED.test(key))).toHaveLength(1);
  });
});
