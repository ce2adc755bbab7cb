import { describe, expect, it } from 'vitest';
import { pageToken } from '../../../src/domain/cafe/admission/page-token.ts';
import { pageAt } from '../../../src/domain/pages/page.ts';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { openTestCafe, type TestCafe } from '../../support/open-test-cafe.ts';
import { refusal } from '../../support/openai-answers.ts';

const POOLED = 'generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001-france.png';
const SECRET = 'canary-page-token-secret-01';
const SPENT = { DAILY_GENERATION_BUDGET: '0' };
const NO_COPIES = { MAX_FALLBACK_COPIES_PER_DAY: '0' };
const MADE_UP = Array.from({ length: 25 }, (_, n) => `/posts/made-up-${n}`);

const open = (env: Record<string, string>) =>
  openTestCafe({ env, before: (s3) => s3.seed(POOLED, 'from the pool') });

/** Asks for made-up pages at once and then one after another; how many answers were of which status. */
async function askForMadeUp(cafe: TestCafe): Promise<Record<number, number>> {
  const answers = await Promise.all(MADE_UP.map((path) => cafe.ask(path)));
  for (const path of MADE_UP) answers.push(await cafe.ask(`${path}-later`));
  await cafe.cafe.servePageImage.finished();
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('S21: pages that strangers make up', () => {
  it('leave a copy and a note each, and no more a day than MAX_FALLBACK_COPIES_PER_DAY', async () => {
    const cafe = await open({ ...SPENT, MAX_FALLBACK_COPIES_PER_DAY: '3' });
    const before = cafe.keys('').length;
    expect(await askForMadeUp(cafe)).toEqual({ 200: 50 });
    expect(cafe.pngs('generated/v2/page-cache/')).toHaveLength(3);
    expect(cafe.keys('').length - before).toBe(6);
  });

  it('keep one picture each beyond that, too', async () => {
    const cafe = await open({ ...SPENT, ...NO_COPIES });
    for (let n = 2; n < 9; n += 1) cafe.cafe.pool.add(POOLED.replace('1-f', `${n}-f`));
    for (let n = 2; n < 9; n += 1) cafe.s3.seed(POOLED.replace('1-f', `${n}-f`), `${n}`);
    const urls = async () =>
      Promise.all(MADE_UP.map(async (path) => (await cafe.ask(path)).body.url));
    const first = await urls();
    expect(new Set(first).size).toBeGreaterThan(1);
    expect(await urls()).toEqual(first);
  });

  it('leave nothing where they come just as the budget is used up', async () => {
    const cafe = await open({ DAILY_GENERATION_BUDGET: '1', ...NO_COPIES });
    await cafe.ask('/posts/own');
    const other = await openTestCafe({
      beside: cafe,
      env: { DAILY_GENERATION_BUDGET: '1', ...NO_COPIES },
    });
    await cafe.cafe.servePageImage.finished();
    const before = cafe.keys('');
    // It has bought nothing yet, and so does not know that nothing is left.
    expect(await askForMadeUp(other)).toEqual({ 200: 50 });
    expect(cafe.keys('')).toEqual(before);
  });

  it('leave nothing while the generator is left alone', async () => {
    const cafe = await open({});
    cafe.openai.answerNext(refusal(401, { message: 'Incorrect API key' }));
    expect((await cafe.ask('/posts/own')).status).toBe(502);
    await cafe.cafe.servePageImage.finished();
    const before = cafe.keys('');
    expect(await askForMadeUp(cafe)).toEqual({ 502: 50 });
    expect(cafe.keys('')).toEqual(before);
  });

  it('leave nothing while the owner has paused', async () => {
    const cafe = await open({ ...WITH_ADMIN, ...NO_COPIES });
    const admin = await openAdmin(cafe);
    await admin.post('/generation/pause');
    const before = cafe.keys('');
    expect(await askForMadeUp(cafe)).toEqual({ 200: 50 });
    expect(cafe.keys('')).toEqual(before);
  });

  it.each([
    ['with budget', {}],
    ['without budget', SPENT],
  ])('leave nothing where pages have to be signed: %s', async (_, env) => {
    const cafe = await open({ PAGE_TOKEN_SECRET: SECRET, ...env });
    const before = cafe.keys('');
    expect(await askForMadeUp(cafe)).toEqual({ 200: 50 });
    expect(cafe.keys('')).toEqual(before);
    const [path] = MADE_UP;
    const token = pageToken(SECRET, pageAt(String(path), 'article'));
    const body = JSON.stringify({ context: { pagePath: path, pageType: 'article' }, token });
    await cafe.ask(String(path), { body });
    expect(cafe.pngs('generated/v2/page-cache/')).toHaveLength(1);
  });
});
