import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { adminRoutes } from '../../../src/app/http/admin/admin-routes.ts';
import { dayAt } from '../../../src/domain/kernel/day.ts';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { ORIGIN, openTestCafe, READERS, type TestCafe } from '../../support/open-test-cafe.ts';
import { refusal } from '../../support/openai-answers.ts';
import { today } from '../../support/utc-days.ts';

const open = (options: Parameters<typeof openTestCafe>[0] = {}) =>
  openTestCafe({ ...options, env: { ...WITH_ADMIN, ...options.env } });
/** Nothing is remembered of a page, as by a replica that has not served it. */
const FORGETFUL = { PAGE_CACHE_TTL_SECONDS: '0' };
const OWN = 'generated/v2/page-cache/article/posts/own-france.png';

/** A blog with one picture of its own, and two pages that show it too. */
async function openBlog(env: Record<string, string> = {}) {
  const cafe = await open({ env: { DAILY_GENERATION_BUDGET: '1', ...env } });
  const admin = await openAdmin(cafe);
  await cafe.ask('/posts/own');
  for (const page of ['/posts/b', '/posts/c']) await cafe.ask(page);
  const [image] = (await admin.get('/images?page=own')).body.items;
  const dated = decodeURI(image.url.slice(ORIGIN.length + 1));
  return { cafe, admin, image, dated };
}

const publicKeys = (cafe: TestCafe) => cafe.keys('generated/');

describe('hiding a picture', () => {
  it('takes it and its renditions out of the public prefix, and off every page', async () => {
    const { cafe, admin, image, dated } = await openBlog();
    const rendition = dated.replace('.png', '.480.webp');
    cafe.s3.seed(rendition, 'small', { contentType: 'image/webp', cacheControl: 'public' });
    const bytes = cafe.s3.objects.get(dated)?.bytes;
    const { status, body } = await admin.post(`/images/${image.id}/hide`);
    expect([status, body]).toEqual([200, { id: image.id, pagesChanged: 3, pagesBusy: 0 }]);
    expect(publicKeys(cafe)).toEqual([]);
    const hidden = dated.replace('generated/v2', 'records/hidden');
    expect(cafe.s3.objects.get(hidden)).toMatchObject({
      bytes,
      contentType: 'image/png',
      metadata: { source: 'generated', country: 'FR' },
    });
    expect(cafe.s3.objects.get(hidden.replace('.png', '.480.webp'))).toMatchObject({
      contentType: 'image/webp',
      cacheControl: 'public',
    });
    const load = async (name: string) => {
      const at = `${cafe.url}/api/admin/images/${image.id}/${name}`;
      const file = await fetch(at, { headers: { Cookie: admin.cookie } });
      return [file.headers.get('content-type'), await file.bytes()];
    };
    expect(await load('hidden.png')).toEqual(['image/png', bytes]);
    expect(await load('hidden-small')).toEqual([
      'image/webp',
      Uint8Array.from(Buffer.from('small')),
    ]);
    cafe.s3.objects.delete(hidden.replace('.png', '.480.webp'));
    expect(await load('hidden-small')).toEqual(['image/png', bytes]);
    const [shown] = (await admin.get('/images')).body.items;
    expect(shown).toMatchObject({ id: image.id, presence: 'hidden', url: null, renditions: [] });
  });

  it('goes on counting as spent, and is not bought again', async () => {
    const { cafe, admin, image } = await openBlog();
    const before = (await admin.get('/budget')).body;
    await admin.post(`/images/${image.id}/hide`);
    expect((await admin.get('/budget')).body).toEqual(before);
    expect((await cafe.ask('/posts/own')).status).toBe(503);
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('gives its pages another picture at once, under an address that no cache knows', async () => {
    const { cafe, admin, image } = await openBlog();
    const other = randomUUID();
    cafe.s3.seed(`generated/v2/2026/01/01/${other}-france.png`, 'another');
    await cafe.cafe.pool.look(undefined);
    await admin.post(`/images/${image.id}/hide`);
    for (const page of ['/posts/own', '/posts/b', '/posts/c']) {
      const { body } = await cafe.ask(page);
      expect(body.url).toMatch(new RegExp(`-france\\.png\\?v=${other}$`));
    }
  });

  it('buys its page another one where there is budget', async () => {
    const { cafe, admin, image } = await openBlog({ DAILY_GENERATION_BUDGET: '4' });
    const first = await cafe.ask('/posts/own');
    await admin.post(`/images/${image.id}/hide`);
    const { body } = await cafe.ask('/posts/own');
    expect(first.body.url).not.toContain('?v=');
    expect(body.url).toMatch(/own-france\.png\?v=[0-9a-f-]{36}$/);
  });

  it('holds on every replica: none of them falls back on it', async () => {
    const { cafe, admin, image } = await openBlog(FORGETFUL);
    const two = await open({ beside: cafe, env: { DAILY_GENERATION_BUDGET: '0', ...FORGETFUL } });
    expect((await two.ask('/posts/b')).status).toBe(200);
    await admin.post(`/images/${image.id}/hide`);
    expect((await two.ask('/posts/b')).status).toBe(503);
    expect((await two.ask('/posts/new')).status).toBe(503);
  });

  it('first writes down one that nobody has recorded', async () => {
    const cafe = await open({ env: { DAILY_GENERATION_BUDGET: '1' } });
    const admin = await openAdmin(cafe);
    const id = randomUUID();
    cafe.s3.seed(`generated/v2/${today()}/${id}-france.png`, 'x');
    const picture = `${today().replaceAll('/', '-')}_${id}-france`;
    expect((await admin.post(`/images/${picture}/hide`)).status).toBe(200);
    expect((await admin.get('/budget')).body).toMatchObject({ used: 1, remaining: 0 });
    expect(cafe.keys(`records/${today()}/${id}`)).toHaveLength(1);
  });

  it('makes an older day, or the month, no dearer than it was', async () => {
    const cafe = await open({ env: { MONTHLY_BUDGET_USD: '20' } });
    const admin = await openAdmin(cafe);
    const id = randomUUID();
    const yesterday = dayAt(Date.now() - 86_400_000);
    cafe.s3.seed(`generated/v2/${yesterday}/${id}-france.png`, 'x');
    const before = (await admin.get('/budget')).body.dollars;
    await admin.post(`/images/${yesterday.replaceAll('/', '-')}_${id}-france/hide`);
    expect((await admin.get('/budget')).body.dollars).toEqual(before);
  });

  it('finds one that a crash has left on its pages alone', async () => {
    const { cafe, admin, image, dated } = await openBlog();
    const bytes = cafe.s3.objects.get(dated)?.bytes;
    cafe.s3.objects.delete(dated);
    const { status, body } = await admin.post(`/images/${image.id}/hide`);
    expect([status, body.pagesChanged]).toEqual([200, 3]);
    expect(publicKeys(cafe)).toEqual([]);
    const hidden = dated.replace('generated/v2', 'records/hidden');
    expect(cafe.s3.objects.get(hidden)?.bytes).toEqual(bytes);
  });

  it('takes it off pages that got it from another page, once the pool had none any more', async () => {
    const cafe = await open({ env: { DAILY_GENERATION_BUDGET: '1' } });
    const admin = await openAdmin(cafe);
    await cafe.ask('/posts/own');
    const [image] = (await admin.get('/images')).body.items;
    for (const key of cafe.keys(`generated/v2/${today()}/`)) cafe.s3.objects.delete(key);
    const later = await open({ beside: cafe, env: { DAILY_GENERATION_BUDGET: '0' } });
    await later.ask('/posts/b');
    expect(publicKeys(cafe)).toHaveLength(2);
    expect((await admin.post(`/images/${image.id}/hide`)).body.pagesChanged).toBe(2);
    expect(publicKeys(cafe)).toEqual([]);
  });

  it('leaves a page alone that shows another picture by now', async () => {
    const { cafe, admin, image } = await openBlog();
    cafe.s3.seed(OWN, 'by hand', {
      contentType: 'image/png',
      metadata: { generation: randomUUID(), source: 'generated' },
    });
    const { body } = await admin.post(`/images/${image.id}/hide`);
    expect(body.pagesChanged).toBe(2);
    expect(publicKeys(cafe)).toEqual([OWN]);
  });

  it.each([
    ['copying', { operation: 'copy' } as const],
    ['deleting', { operation: 'delete' } as const],
    ['writing on a page', { operation: 'put', key: /records\/pages/ } as const],
  ])('that fails while %s is completed by doing it again', async (_, pattern) => {
    const { cafe, admin, image } = await openBlog();
    const used = (await admin.get('/budget')).body.used;
    cafe.s3.fault(pattern, { kind: 'status', status: 403, code: 'AccessDenied' }, 1);
    await admin.post(`/images/${image.id}/hide`);
    expect((await admin.post(`/images/${image.id}/hide`)).status).toBe(200);
    expect(publicKeys(cafe)).toEqual([]);
    expect(cafe.keys('records/hidden/').filter((key) => key.endsWith('.png'))).toHaveLength(1);
    expect((await admin.get('/budget')).body.used).toBe(used);
  });
});

describe('a bucket that does not let the service delete pictures', () => {
  const denied = { kind: 'status', status: 403, code: 'AccessDenied' } as const;

  it.each([
    ['hiding', 'POST', '/hide', 'hide_picture'],
    ['deleting', 'DELETE', '', 'delete_picture'],
  ])('S17: is named by %s one, and lets it be done once it may', async (_, ...act) => {
    const [method, path, action] = act;
    const { cafe, admin, image } = await openBlog();
    const run = () => {
      const at = `/images/${image.id}${path}`;
      return method === 'POST' ? admin.post(at) : admin.delete(at);
    };
    cafe.s3.fault({ operation: 'delete', key: /^generated\// }, denied, 99);
    const { status, body, headers } = await run();
    expect([status, body.error.code]).toEqual([503, 'storage_unavailable']);
    expect(body.error.message).toContain('s3:DeleteObject');
    // Waiting does not mend it.
    expect(headers.get('retry-after')).toBeNull();
    const lines = cafe.log.map((line) => JSON.parse(line));
    const told = lines.find(({ msg }) => msg === 'an admin action failed');
    expect(told).toMatchObject({ level: 'warn', action, subject: image.id });
    expect(JSON.stringify(told?.cause)).toMatch(
      /DELETE generated\/.*403 AccessDenied.*DeleteObject/,
    );
    cafe.s3.mend();
    expect((await run()).status).toBe(200);
    expect(publicKeys(cafe)).toEqual([]);
  });
});

describe('restoring a picture', () => {
  it('puts everything back as it was, under an address of its own', async () => {
    const { cafe, admin, image, dated } = await openBlog();
    const before = new Map([dated, OWN].map((key) => [key, cafe.s3.objects.get(key)]));
    const keys = publicKeys(cafe);
    await admin.post(`/images/${image.id}/hide`);
    const { status, body } = await admin.post(`/images/${image.id}/restore`);
    expect([status, body.pagesChanged]).toEqual([200, 3]);
    expect(publicKeys(cafe)).toEqual(keys);
    expect(cafe.keys('records/hidden/')).toEqual([]);
    const isSame = { etag: before.get(dated)?.etag, metadata: { source: 'generated' } };
    expect(cafe.s3.objects.get(dated)).toMatchObject(isSame);
    expect(cafe.s3.objects.get(OWN)).toMatchObject(isSame);
    expect((await cafe.ask('/posts/own')).body.url).toContain('?v=');
    const copy = cafe.s3.objects.get(OWN.replace('own', 'b'));
    expect(copy).toMatchObject({ cacheControl: 'public, max-age=3600' });
    expect((await admin.get('/images')).body.items[0]).toEqual(image);
  });

  it('leaves a page alone that has got a picture of its own', async () => {
    const { cafe, admin, image } = await openBlog({ DAILY_GENERATION_BUDGET: '4' });
    await admin.post(`/images/${image.id}/hide`);
    const { body } = await cafe.ask('/posts/own');
    expect(cafe.openai.journal).toHaveLength(4);
    await admin.post(`/images/${image.id}/restore`);
    expect((await cafe.ask('/posts/own')).body.url).toBe(body.url);
  });

  it('is for hidden pictures alone', async () => {
    const { admin, image } = await openBlog();
    expect((await admin.post(`/images/${image.id}/restore`)).status).toBe(404);
  });
});

describe('deleting a picture', () => {
  it.each([
    ['one that is shown', false],
    ['one that is hidden', true],
  ])('removes %s for good, and it still counts', async (_, isHidden) => {
    const { cafe, admin, image } = await openBlog();
    const before = (await admin.get('/budget')).body;
    if (isHidden) await admin.post(`/images/${image.id}/hide`);
    expect((await admin.delete(`/images/${image.id}`)).status).toBe(200);
    expect([...publicKeys(cafe), ...cafe.keys('records/hidden/')]).toEqual([]);
    expect((await admin.get('/budget')).body).toEqual(before);
    expect((await admin.get('/images')).body.items).toEqual([]);
    expect((await admin.get('/images?state=gone')).body.items).toMatchObject([{ id: image.id }]);
    expect((await admin.delete(`/images/${image.id}`)).status).toBe(404);
  });
});

describe('pinning a picture', () => {
  const pin = { type: 'article', path: '/posts/own', country: 'FR' };

  it('shows it on a page under a new address, for good', async () => {
    const { cafe, admin, image } = await openBlog({ HEAL_FALLBACKS: 'true' });
    const id = randomUUID();
    cafe.s3.seed(`generated/v2/2026/01/01/${id}-japan.png`, 'sushi');
    const pinned = `2026-01-01_${id}-japan`;
    const { status, body } = await admin.put('/pages/image', { ...pin, image: pinned });
    expect([status, body]).toEqual([200, { image: pinned }]);
    const object = cafe.s3.objects.get(OWN);
    expect(Buffer.from(object!.bytes).toString()).toBe('sushi');
    expect(object?.metadata).toMatchObject({ source: 'generated', generation: id, country: 'JP' });
    expect((await cafe.ask('/posts/own')).body.url).toBe(`${ORIGIN}/${OWN}?v=${id}`);
    const page = (await admin.get('/pages?search=posts/own')).body.items[0];
    expect(page).toMatchObject({ image: pinned, source: 'pinned', path: '/posts/own' });
    // Hiding what was there before does not take the pinned one away.
    expect((await admin.post(`/images/${image.id}/hide`)).body.pagesChanged).toBe(2);
    expect((await admin.post(`/images/${pinned}/hide`)).body.pagesChanged).toBe(1);
  });

  it('gives a page a picture that has none', async () => {
    const { cafe, admin, image } = await openBlog();
    const page = { type: 'index', path: '/', country: null };
    expect((await admin.put('/pages/image', { ...page, image: image.id })).status).toBe(200);
    const { body } = await cafe.ask('/', { type: 'index', from: READERS.unknown });
    expect(body.url).toContain('/page-cache/index/root-anywhere.png?v=');
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('is for pictures that are in the pool alone', async () => {
    const { cafe, admin, image } = await openBlog();
    const gone = `2026-01-01_${randomUUID()}`;
    expect((await admin.put('/pages/image', { ...pin, image: gone })).status).toBe(404);
    await admin.post(`/images/${image.id}/hide`);
    expect((await admin.put('/pages/image', { ...pin, image: image.id })).status).toBe(404);
    expect(publicKeys(cafe)).toEqual([]);
  });

  it.each([
    ['a path that climbs', { path: '/../../records' }],
    ['an encoded one', { path: '/%2e%2e/x' }],
    ['no path', { path: '' }],
    ['a country that is none', { country: 'XX' }],
    ['a type that is none', { type: 'records' }],
    ['an image that is a path', { image: '../../records/control' }],
    ['a field too much', { key: 'records/control.json' }],
  ])('is refused with %s', async (_, wrong) => {
    const { cafe, admin, image } = await openBlog();
    const before = cafe.keys('');
    const { status } = await admin.put('/pages/image', { ...pin, image: image.id, ...wrong });
    expect([status, cafe.keys('')]).toEqual([400, before]);
  });
});

describe('re-brewing a page', () => {
  const page = { type: 'article', path: '/posts/own', country: 'FR' };

  it('says before what it may cost, and buys nothing then', async () => {
    const { cafe, admin } = await openBlog({ DAILY_GENERATION_BUDGET: '3' });
    const { body } = await admin.post('/pages/rebrew', { ...page, dryRun: true });
    expect(body).toMatchObject({ url: null, remaining: 0, paused: false });
    expect(body.atMostDollars).toBeGreaterThan(0);
    expect(cafe.openai.journal).toHaveLength(3);
  });

  it('is seen at once by readers who asked for it all the time', async () => {
    const { cafe, admin } = await openBlog({ DAILY_GENERATION_BUDGET: '5' });
    // So often that all that can be remembered is.
    for (let n = 0; n < 20; n += 1) await cafe.ask('/posts/own');
    const { url } = (await admin.post('/pages/rebrew', page)).body;
    expect((await cafe.ask('/posts/own')).body.url).toBe(url);
    const [image] = (await admin.get('/images?page=own')).body.items;
    await admin.post(`/images/${image.id}/hide`);
    expect((await cafe.ask('/posts/own')).body.url).not.toBe(url);
  });

  it('buys it another picture under a new address, once for all who ask at once', async () => {
    const { cafe, admin } = await openBlog({ DAILY_GENERATION_BUDGET: '5' });
    const before = cafe.s3.objects.get(OWN)?.metadata.generation;
    const answers = await Promise.all([1, 2].map(() => admin.post('/pages/rebrew', page)));
    const [url] = answers.map(({ body }) => body.url);
    expect(answers.map(({ status, body }) => [status, body.url])).toEqual([
      [200, url],
      [200, url],
    ]);
    const after = cafe.s3.objects.get(OWN)?.metadata.generation;
    expect(after).not.toBe(before);
    expect(url).toBe(`${ORIGIN}/${OWN}?v=${after}`);
    expect((await cafe.ask('/posts/own')).body.url).toBe(url);
    expect((await admin.get('/budget')).body.used).toBe(4);
  });

  it('gives a page its first picture, too', async () => {
    const { cafe, admin } = await openBlog({ DAILY_GENERATION_BUDGET: '4' });
    const { body } = await admin.post('/pages/rebrew', { ...page, path: '/new' });
    expect(body.url).toBe(`${ORIGIN}/generated/v2/page-cache/article/new-france.png`);
    expect((await cafe.ask('/new')).body.url).toBe(body.url);
  });

  it('changes nothing where the budget is used up', async () => {
    const { cafe, admin } = await openBlog();
    const before = cafe.s3.objects.get(OWN);
    const { status, body } = await admin.post('/pages/rebrew', page);
    expect([status, body.error.code]).toEqual([409, 'conflict']);
    expect(cafe.s3.objects.get(OWN)).toEqual(before);
  });

  it('leaves the page what it has where the generator fails', async () => {
    const { cafe, admin } = await openBlog({ DAILY_GENERATION_BUDGET: '5' });
    const before = cafe.s3.objects.get(OWN);
    cafe.openai.answerNext(refusal(401, { message: 'no' }));
    expect((await admin.post('/pages/rebrew', page)).status).toBe(502);
    expect(cafe.s3.objects.get(OWN)).toEqual(before);
  });
});

describe('a page that is just being painted', () => {
  it('gets its picture, and none of what is hidden or pinned meanwhile is lost', async () => {
    const { cafe, admin, image } = await openBlog({ DAILY_GENERATION_BUDGET: '5' });
    cafe.openai.latencyMs = 400;
    const page = { type: 'article', path: '/posts/own', country: 'FR' };
    const rebrewing = admin.post('/pages/rebrew', page);
    await expect.poll(() => cafe.openai.journal.length).toBe(4);
    const hidden = await admin.post(`/images/${image.id}/hide`);
    const rebrewed = await rebrewing;
    expect([hidden.status, rebrewed.status]).toEqual([200, 200]);
    const shown = cafe.s3.objects.get(OWN)?.metadata.generation;
    expect(rebrewed.body.url).toBe(`${ORIGIN}/${OWN}?v=${shown}`);
    expect(image.id).not.toContain(shown);
    expect(cafe.openai.journal).toHaveLength(4);
  });

  it('leaves nothing of its picture in sight that is hidden before all of it is stored', async () => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    cafe.s3.fault({ operation: 'put', key: /\.card\.jpg$/ }, { kind: 'delay', ms: 1500 });
    const asking = cafe.ask('/posts/own');
    const dated = () => cafe.keys(`generated/v2/${today()}/`).find((key) => key.endsWith('.png'));
    await expect.poll(dated).toBeDefined();
    const [image] = (await admin.get('/images')).body.items;
    expect((await admin.post(`/images/${image.id}/hide`)).body.pagesBusy).toBe(0);
    expect((await asking).status).toBe(200);
    expect(publicKeys(cafe)).toEqual([]);
  });

  it('is waited for by who pins a picture to it', async () => {
    const { cafe, admin, image } = await openBlog({ DAILY_GENERATION_BUDGET: '5' });
    cafe.openai.latencyMs = 400;
    const page = { type: 'article', path: '/posts/slow', country: 'FR' };
    const asking = cafe.ask('/posts/slow');
    await expect.poll(() => cafe.openai.journal.length).toBe(4);
    expect((await admin.put('/pages/image', { ...page, image: image.id })).status).toBe(200);
    expect((await asking).status).toBe(200);
    const { body } = await cafe.ask('/posts/slow');
    expect(image.id).toContain(body.url.split('?v=')[1]);
  });
});

describe('the budget of today', () => {
  it('can be raised up to the ceiling, for all replicas', async () => {
    const env = { DAILY_GENERATION_BUDGET: '1', ADMIN_BUDGET_CEILING: '2' };
    const one = await open({ env });
    const two = await open({ beside: one, env });
    const admin = await openAdmin(one);
    await one.ask('/posts/a');
    const { body } = await admin.put('/budget', { limit: 2 });
    expect(body).toMatchObject({ limit: 2, configuredLimit: 1, remaining: 1 });
    const answer = await two.ask('/posts/b', { query: '?details=1' });
    expect(answer.body.source).toBe('generated');
    const third = await two.ask('/posts/c', { query: '?details=1' });
    expect(third.body.source).toBe('fallback');
    expect((await admin.put('/budget', { limit: 3 })).status).toBe(400);
    expect((await admin.get('/budget')).body.limit).toBe(2);
  });

  it('can be raised to ten times the configured one where no ceiling is set', async () => {
    const cafe = await open({ env: { DAILY_GENERATION_BUDGET: '1' } });
    const admin = await openAdmin(cafe);
    const { status, body } = await admin.put('/budget', { limit: 10 });
    expect([status, body]).toMatchObject([
      200,
      { limit: 10, ceiling: 10, ceilingFrom: 'DAILY_GENERATION_BUDGET', stoppedBy: null },
    ]);
    const refused = await admin.put('/budget', { limit: 11 });
    expect(refused.status).toBe(400);
    expect(refused.body.error.message).toBe(
      'limit: must be at most 10, ten times DAILY_GENERATION_BUDGET (1); set ADMIN_BUDGET_CEILING for more.',
    );
    for (const path of ['/posts/a', '/posts/b']) {
      expect((await cafe.ask(path, { query: '?details=1' })).body.source).toBe('generated');
    }
  });

  it('can be used at once after it was raised, or generation resumed', async () => {
    const cafe = await open({ env: { DAILY_GENERATION_BUDGET: '1' } });
    const admin = await openAdmin(cafe);
    const page = { type: 'article', path: '/posts/a', country: 'FR' };
    const rebrew = async () => (await admin.post('/pages/rebrew', page)).status;
    await cafe.ask('/posts/a');
    expect(await rebrew()).toBe(409);
    await admin.put('/budget', { limit: 3 });
    expect(await rebrew()).toBe(200);
    await admin.post('/generation/pause');
    expect(await rebrew()).toBe(409);
    await admin.post('/generation/resume');
    expect(await rebrew()).toBe(200);
  });

  it('is no higher than a ceiling that was lowered since, which is reported once', async () => {
    const higher = await open({ env: { DAILY_GENERATION_BUDGET: '1', ADMIN_BUDGET_CEILING: '9' } });
    await (await openAdmin(higher)).put('/budget', { limit: 9 });
    const env = { DAILY_GENERATION_BUDGET: '1', ADMIN_BUDGET_CEILING: '2' };
    const lower = await open({ beside: higher, env });
    const sources = [];
    for (const path of ['/posts/a', '/posts/b', '/posts/c']) {
      sources.push((await lower.ask(path, { query: '?details=1' })).body.source);
    }
    expect(sources).toEqual(['generated', 'generated', 'fallback']);
    const { body } = await (await openAdmin(lower)).get('/budget');
    expect(body).toMatchObject({
      limit: 2,
      limitOverCeiling: 9,
      ceilingFrom: 'ADMIN_BUDGET_CEILING',
    });
    expect(lower.log.filter((line) => line.includes('above the ceiling'))).toHaveLength(1);
    expect((await (await openAdmin(higher)).get('/budget')).body).toMatchObject({
      limit: 9,
      limitOverCeiling: null,
    });
  });

  it.each([
    ['dollars_today', 'DAILY_BUDGET_USD'],
    ['dollars_month', 'MONTHLY_BUDGET_USD'],
  ])('says %s where dollars stop it, which no number of pictures changes', async (stop, name) => {
    const cafe = await open({ env: { [name]: '0.05' } });
    const admin = await openAdmin(cafe);
    await cafe.ask('/posts/a');
    await cafe.cafe.servePageImage.finished();
    const { body } = await admin.put('/budget', { limit: 100 });
    expect(body).toMatchObject({ limit: 100, stoppedBy: stop });
    const page = { type: 'article', path: '/posts/a', country: 'FR' };
    const estimate = await admin.post('/pages/rebrew', { ...page, dryRun: true });
    expect(estimate.body.stoppedBy).toBe(stop);
    const refused = await admin.post('/pages/rebrew', page);
    expect([refused.status, refused.body.error.message]).toEqual([
      409,
      expect.stringContaining(name),
    ]);
  });

  it('can be lowered, down to nothing, and set back', async () => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    await admin.put('/budget', { limit: 0 });
    expect((await cafe.ask('/posts/a')).status).toBe(503);
    expect(cafe.openai.journal).toEqual([]);
    const { body } = await admin.put('/budget', { limit: null });
    expect(body).toMatchObject({ limit: 15, remaining: 15 });
  });

  it.each([{ limit: -1 }, { limit: 1.5 }, { limit: '3' }, {}, { limit: 1, paused: true }])(
    'is not changed by %o',
    async (wrong) => {
      const cafe = await open();
      const admin = await openAdmin(cafe);
      expect((await admin.put('/budget', wrong)).status).toBe(400);
      expect(cafe.keys('records/control')).toEqual([]);
    },
  );

  it('is not guessed where what was told cannot be understood', async () => {
    const cafe = await open();
    cafe.s3.seed('records/control.json', '{"paused":"maybe"}');
    expect((await cafe.ask('/posts/a')).status).toBe(503);
    expect(cafe.openai.journal).toEqual([]);
    const admin = await openAdmin(cafe);
    expect((await admin.post('/generation/resume')).status).toBe(200);
  });
});

describe('pausing', () => {
  it('stops every replica from buying, at once, until it is resumed', async () => {
    const one = await open();
    const two = await open({ beside: one });
    const admin = await openAdmin(one);
    // Both have bought, and so know what is left of the day.
    await one.ask('/posts/a');
    await two.ask('/posts/b');
    expect((await admin.post('/generation/pause')).body).toMatchObject({ paused: true });
    for (const [n, replica] of [one, two].entries()) {
      const { body } = await replica.ask(`/posts/paused-${n}`, { query: '?details=1' });
      expect(body.source).toBe('fallback');
    }
    expect(one.openai.journal).toHaveLength(2);
    const page = { type: 'article', path: '/posts/a', country: 'FR' };
    expect((await admin.post('/pages/rebrew', page)).status).toBe(409);
    expect((await admin.post('/generation/resume')).body).toMatchObject({ paused: false });
    expect((await admin.get('/budget')).body).toMatchObject({ used: 2, reserved: 0 });
  });
});

describe('what is done', () => {
  it('is written down, by whom, and how it ended', async () => {
    const { cafe, admin, image } = await openBlog();
    await admin.post(`/images/${image.id}/hide`);
    await admin.put('/budget', { limit: 99 });
    const missing = `2026-01-01_${randomUUID()}`;
    await admin.delete(`/images/${missing}`);
    const { body } = await admin.get('/activity');
    const told = body.items.map(({ action, subject, outcome }: Record<string, string>) => [
      action,
      subject,
      outcome,
    ]);
    expect(told).toEqual([
      ['delete_picture', missing, 'failed'],
      ['change_budget', 'budget', 'failed'],
      ['hide_picture', image.id, 'done'],
    ]);
    expect(body.items[1].details).toEqual({ limit: 99 });
    expect(body.items[0].actor).toMatch(/^session .{6}$/);
    const { body: first } = await admin.get('/activity?limit=2');
    const { body: rest } = await admin.get(`/activity?limit=2&cursor=${first.nextCursor}`);
    expect([...first.items, ...rest.items]).toEqual(body.items);
    expect(rest.nextCursor).toBeNull();
    const written = cafe.keys('records/audit/').map((key) => cafe.s3.objects.get(key)!.bytes);
    expect(Buffer.concat(written).toString()).not.toMatch(/canary|__Host/);
  });

  it('is not done where that cannot be written', async () => {
    const { cafe, admin, image } = await openBlog();
    const before = publicKeys(cafe);
    const denied = { kind: 'status', status: 403, code: 'AccessDenied' } as const;
    cafe.s3.fault({ operation: 'put', key: /audit/ }, denied, 9);
    expect((await admin.post(`/images/${image.id}/hide`)).status).toBe(503);
    expect(publicKeys(cafe)).toEqual(before);
  });
});

/** Names that would lead out of the prefix if they were taken into a key as they come. */
const TRICKS = [
  '..%2f..%2frecords%2fcontrol',
  '%2e%2e',
  '2026-11-21_..%2f..%2fcontrol',
  '2026-11-21_00000000-0000-4000-8000-000000000001%2f..%2fx',
  '2026-11-21_00000000-0000-4000-8000-000000000001%00.png',
  '..%5c..%5crecords',
];

describe('a name that is a trick with paths', () => {
  it.each(TRICKS)('%s: nothing is done to it, and nothing is touched', async (name) => {
    const { cafe, admin } = await openBlog();
    const before = cafe.keys('');
    cafe.s3.journal.length = 0;
    const answers = [
      await admin.delete(`/images/${name}`),
      await admin.post(`/images/${name}/hide`),
      await admin.post(`/images/${name}/restore`),
      await admin.post(`/images/${name}/approve`),
      await admin.get(`/images/${name}/hidden.png`),
      await admin.get(`/images/${name}/hidden-small`),
    ];
    for (const { status } of answers) expect([400, 404]).toContain(status);
    const refusals = cafe.log.filter((line) => line.includes('"not_understood"'));
    expect(refusals).toHaveLength(answers.length);
    expect(refusals.join()).not.toContain(name);
    const touched = cafe.s3.journal.filter(({ operation }) => operation !== 'head');
    expect([touched, cafe.keys('')]).toEqual([[], before]);
  });

  it.each([
    '/../../records',
    '/%2e%2e/x',
    '/a/%2e%2e%2f%2e%2e/b',
    '/a\\..\\b',

    '/a\u0000b',
  ])('the page %j is neither painted nor warmed', async (path) => {
    const { cafe, admin } = await openBlog();
    const before = cafe.keys('');
    const page = { type: 'article', path };
    const rebrew = await admin.post('/pages/rebrew', { ...page, country: null });
    const warm = await admin.post('/warming', { source: 'pages', pages: [page], most: 1 });
    expect([rebrew.status, warm.status, cafe.keys('')]).toEqual([400, 400, before]);
  });
});

describe('a form on another site', () => {
  it('can do nothing of all this', async () => {
    const { cafe, admin, image } = await openBlog();
    const before = [...cafe.s3.objects].map(([key, { etag }]) => [key, etag]);
    const acts = adminRoutes(cafe.cafe.admin!).filter(({ method }) => method !== 'GET');
    expect(acts.length).toBeGreaterThan(7);
    for (const { method, path } of acts) {
      for (const headers of [
        { 'Content-Type': 'text/plain', Origin: 'https://evil.example' },
        { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'cross-site' },
      ]) {
        const { status } = await cafe.send(`/api/admin${path.replace(':id', image.id)}`, {
          method,
          headers: { ...headers, Cookie: admin.cookie },
          body: JSON.stringify({ limit: 0 }),
        });
        expect([method, path, status]).toEqual([method, path, 403]);
      }
    }
    expect([...cafe.s3.objects].map(([key, { etag }]) => [key, etag])).toEqual(before);
  });
});
