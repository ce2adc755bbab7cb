import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ORIGIN, openTestCafe, READERS, type TestCafe } from '../../support/open-test-cafe.ts';

const KEY = 'generated/v2/page-cache/article/posts/a-france.png';
/** With 30 days, it expires at the end of 21 November. */
const WRITTEN = new Date('2026-10-22T10:00:00Z');
const MIDNIGHT = new Date('2026-11-22T00:00:00Z');

function goTo(time: string): void {
  vi.setSystemTime(Date.parse(`2026-11-${time}Z`));
}

/** A service that has served a page whose picture is a month old. */
async function openOld(
  age: { lastModified: Date; expiresAt?: Date },
  env: Record<string, string> = {},
) {
  const cafe = await openTestCafe({
    env,
    before: (s3) => {
      s3.seed(KEY, 'a month old');
      Object.assign(s3.objects.get(KEY)!, age);
    },
  });
  expect(await urlOf(cafe)).toBe(`${ORIGIN}/${KEY}`);
  cafe.s3.journal.length = 0;
  return cafe;
}

async function urlOf(cafe: TestCafe): Promise<string> {
  const { status, body } = await cafe.ask('/posts/a');
  expect(status).toBe(200);
  return body.url;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('R0-062: a page whose picture expires', () => {
  it.each([
    ['by its age', '22T00:05:00', { lastModified: WRITTEN }, {}],
    [
      'by its age, as configured',
      '23T00:05:00',
      { lastModified: MIDNIGHT },
      { IMAGE_LIFETIME_DAYS: '1' },
    ],
    ['as the store says', '22T00:05:00', { lastModified: MIDNIGHT, expiresAt: MIDNIGHT }, {}],
  ])('gets a new one at once when the bucket has removed it, %s', async (_, now, age, env) => {
    goTo(now);
    const cafe = await openOld(age, env);
    expect(await urlOf(cafe)).toBe(`${ORIGIN}/${KEY}`);
    cafe.s3.objects.delete(KEY);
    await urlOf(cafe);
    expect(cafe.openai.journal).toHaveLength(1);
    expect(cafe.s3.objects.get(KEY)?.metadata.source).toBe('generated');
  });

  it('is sent nowhere else without JavaScript either', async () => {
    goTo('21T23:50:00');
    const cafe = await openOld({ lastModified: WRITTEN });
    const redirected = () =>
      cafe.send('/api/cafe/image?path=/posts/a&type=article', {
        redirect: 'manual',
        headers: { 'X-Real-IP': READERS.FR },
      });
    expect((await redirected()).headers.get('location')).toBe(`${ORIGIN}/${KEY}`);
    cafe.s3.objects.delete(KEY);
    expect((await redirected()).headers.get('location')).not.toContain(KEY);
  });

  it('is answered from memory until a quarter of an hour before', async () => {
    goTo('21T23:30:00');
    const cafe = await openOld({ lastModified: WRITTEN });
    expect(await urlOf(cafe)).toBe(`${ORIGIN}/${KEY}`);
    expect(cafe.s3.journal).toEqual([]);
  });

  it('is answered from memory again where it is there for days after: no rule removes it', async () => {
    goTo('26T00:00:00');
    const cafe = await openOld({ lastModified: WRITTEN });
    expect(await urlOf(cafe)).toBe(`${ORIGIN}/${KEY}`);
    expect(cafe.s3.journal).toEqual([]);
  });

  it('buys nothing as long as its picture is there', async () => {
    goTo('22T00:05:00');
    const cafe = await openOld({ lastModified: WRITTEN });
    for (let n = 0; n < 3; n += 1) expect(await urlOf(cafe)).toBe(`${ORIGIN}/${KEY}`);
    expect(cafe.openai.journal).toEqual([]);
    expect(cafe.s3.journal.map(({ operation }) => operation)).toEqual(['head', 'head', 'head']);
  });
});
