import { describe, expect, it } from 'vitest';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { ORIGIN, openTestCafe, type TestCafe } from '../../support/open-test-cafe.ts';
import { CEPHS_CONDITIONS, type ConditionHandling } from '../../support/s3-conditions.ts';
import type { S3CallPattern } from '../../support/s3-stand-in.ts';

const pageKey = (name: string) => `generated/v2/page-cache/article/posts/${name}-france.png`;
const AMAZON = {};
/** A copy that must replace nothing is read and put there, which takes as long as it takes. */
const CEPH = CEPHS_CONDITIONS;
const STORES: [string, Partial<ConditionHandling>][] = [
  ['Amazon', AMAZON],
  ['Ceph', CEPH],
];
const ACTS = ['hide', 'delete'] as const;
type Act = (typeof ACTS)[number];

/** A blog with one picture, on its own page, and no budget for another. Nothing is remembered of pages. */
async function openBlog(
  conditions: Partial<ConditionHandling> = AMAZON,
  env: Record<string, string> = {},
) {
  const cafe = await openTestCafe({
    s3: { conditions },
    env: { ...WITH_ADMIN, DAILY_GENERATION_BUDGET: '1', PAGE_CACHE_TTL_SECONDS: '0', ...env },
  });
  const admin = await openAdmin(cafe);
  await cafe.ask('/posts/own');
  const [image] = (await admin.get('/images?page=own')).body.items;
  const dated = decodeURI(image.url.slice(ORIGIN.length + 1));
  // Unlike with a copy that a page falls back on, all is over when it is answered.
  const pinTo = (path: string) =>
    admin.put('/pages/image', { type: 'article', path, country: 'FR', image: image.id });
  const takeDown = (act: Act) =>
    act === 'hide' ? admin.post(`/images/${image.id}/hide`) : admin.delete(`/images/${image.id}`);
  return { cafe, admin, image, dated, pinTo, takeDown };
}

/** Holds the next call like this back, on its way to the store; `afterwards` its answer. */
function holdBack(cafe: TestCafe, pattern: S3CallPattern, { afterwards = false } = {}) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const before = cafe.s3.countOf(pattern);
  cafe.s3.fault(pattern, { kind: 'wait', until: promise, afterwards });
  const isSent = () => expect.poll(() => cafe.s3.countOf(pattern)).toBe(before + 1);
  return { isSent, letGo: resolve };
}

const nothingIsPublic = (cafe: TestCafe) => expect.poll(() => cafe.pngs()).toEqual([]);

describe.each(STORES)('in a store like that of %s', (_, conditions) => {
  describe.each(ACTS)('S18: a picture of which one asks to %s it', (act) => {
    it('is on no page, though it was just being pinned to one', async () => {
      const { cafe, pinTo, takeDown } = await openBlog(conditions);
      const put = holdBack(cafe, { operation: 'put', key: pageKey('new') });
      const pin = pinTo('/posts/new');
      await put.isSent();
      expect((await takeDown(act)).body).toMatchObject({ pagesChanged: 1, pagesBusy: 0 });
      put.letGo();
      expect((await pin).status).toBe(404);
      expect(cafe.pngs()).toEqual([]);
    });

    it('is on no page, though one was just falling back on it', async () => {
      const { cafe, takeDown } = await openBlog(conditions);
      const operation = conditions === AMAZON ? 'copy' : 'put';
      const copy = holdBack(cafe, { operation, key: pageKey('new') });
      const asked = cafe.ask('/posts/new');
      await copy.isSent();
      expect((await takeDown(act)).body).toMatchObject({ pagesChanged: 1, pagesBusy: 0 });
      copy.letGo();
      await asked;
      await nothingIsPublic(cafe);
    });

    it('is on no page, though one got it from its own, since the pool was empty by then', async () => {
      const { cafe, dated, takeDown } = await openBlog(conditions);
      // Another replica knows nothing of the act.
      const other = await openTestCafe({ beside: cafe, env: { DAILY_GENERATION_BUDGET: '0' } });
      const takingOff = holdBack(cafe, { operation: 'delete', key: pageKey('own') });
      const acting = takeDown(act);
      await takingOff.isSent();
      expect(cafe.s3.objects.has(dated)).toBe(false);
      const { status } = await other.ask('/posts/new');
      expect((await cafe.ask('/posts/newer')).status).toBe(503);
      takingOff.letGo();
      expect([status, (await acting).status]).toEqual([200, 200]);
      await nothingIsPublic(cafe);
    });
  });
});

describe('S18: a picture that is being deleted', () => {
  it('stays hidden while a page that shows it is being painted, until that is over', async () => {
    const { cafe, admin, image, pinTo, takeDown } = await openBlog(AMAZON, {
      DAILY_GENERATION_BUDGET: '2',
    });
    const page = { type: 'article', path: '/posts/b', country: 'FR' };
    await pinTo(page.path);
    const { promise, resolve } = Promise.withResolvers<void>();
    cafe.openai.answerNext(async () => {
      await promise;
      return new Response('{"error":{"message":"x"}}', { status: 500 });
    });
    const rebrewing = admin.post('/pages/rebrew', page);
    await expect.poll(() => cafe.openai.journal.length).toBe(2);
    // It waits for twenty seconds, and painting takes longer.
    const first = await takeDown('delete');
    resolve();
    expect([first.status, first.body]).toEqual([
      200,
      { id: image.id, pagesChanged: 1, pagesBusy: 1 },
    ]);
    expect((await admin.get('/images')).body.items).toMatchObject([{ presence: 'hidden' }]);
    expect((await rebrewing).status).toBe(502);
    expect(cafe.pngs()).toEqual([pageKey('b')]);
    expect((await takeDown('delete')).body).toMatchObject({ pagesChanged: 1, pagesBusy: 0 });
    expect([cafe.pngs(), cafe.keys('records/hidden/')]).toEqual([[], []]);
    expect((await takeDown('delete')).status).toBe(404);
  });
});

describe('S18: a picture that was deleted', () => {
  it.each(['own', 'b'])(
    'is found on a page by asking again, where a late copy of it came to: %s',
    async (name) => {
      const { cafe, admin, image, pinTo, takeDown } = await openBlog();
      await pinTo('/posts/b');
      const late = cafe.s3.objects.get(pageKey(name));
      if (!late) throw new Error('The page has no picture');
      await takeDown('delete');
      cafe.s3.objects.set(pageKey(name), late);
      const { status, body } = await takeDown('delete');
      expect([status, body]).toEqual([200, { id: image.id, pagesChanged: 1, pagesBusy: 0 }]);
      expect([cafe.pngs(), cafe.keys('records/hidden/')]).toEqual([[], []]);
      expect((await admin.get('/images?state=gone')).body.items).toMatchObject([{ id: image.id }]);
      expect((await takeDown('delete')).status).toBe(404);
    },
  );

  it('cannot be hidden, nor comes back, by what a late copy of it shows', async () => {
    const { cafe, admin, image, takeDown } = await openBlog();
    const late = cafe.s3.objects.get(pageKey('own'));
    if (!late) throw new Error('The page has no picture');
    await takeDown('delete');
    cafe.s3.objects.set(pageKey('own'), late);
    expect((await takeDown('hide')).body).toMatchObject({ pagesChanged: 1 });
    expect((await admin.post(`/images/${image.id}/restore`)).status).toBe(404);
    expect([cafe.pngs(), cafe.keys('records/hidden/')]).toEqual([[], []]);
  });
});

describe.each(ACTS)('a picture that is not in the pool any more: to %s it', (act) => {
  it('takes it off the pages that still show it', async () => {
    const { cafe, dated, pinTo, takeDown } = await openBlog();
    await pinTo('/posts/b');
    cafe.s3.objects.delete(dated);
    cafe.s3.objects.delete(pageKey('own'));
    const { status, body } = await takeDown(act);
    expect([status, body]).toMatchObject([200, { pagesChanged: 1, pagesBusy: 0 }]);
    expect(cafe.pngs()).toEqual([]);
    expect(cafe.keys('records/hidden/').filter((key) => key.endsWith('.png'))).toHaveLength(
      act === 'hide' ? 1 : 0,
    );
  });
});

describe.each(ACTS)(
  'S18: a picture that is just being stored, of which one asks to %s it',
  (act) => {
    it('is on no page, though one fell back on it before it left the pool', async () => {
      const { cafe, admin } = await openBlog(AMAZON, { DAILY_GENERATION_BUDGET: '2' });
      const isOfSlow = { operation: 'put', key: /generated\/v2\/2\d{3}\/.*\.png$/ } as const;
      const storing = holdBack(cafe, isOfSlow);
      const placing = holdBack(cafe, { operation: 'put', key: pageKey('slow') });
      const takingOff = holdBack(cafe, { operation: 'delete', key: pageKey('slow') });
      const asked = cafe.ask('/posts/slow');
      await Promise.all([storing.isSent(), placing.isSent()]);
      const { items } = (await admin.get('/images?state=all&page=slow')).body;
      const [old] = cafe.pngs().filter((key) => !key.includes('page-cache'));
      if (!old) throw new Error('The pool is empty');
      // From now on there is no other picture in the pool.
      cafe.s3.objects.delete(old);
      const path = `/images/${items[0].id}`;
      const listed = { operation: 'list', key: /^records\/shown\// } as const;
      const before = cafe.s3.countOf(listed);
      const acting = act === 'hide' ? admin.post(`${path}/hide`) : admin.delete(path);
      // It finds no picture anywhere, and then waits for the page that is just being painted.
      await expect.poll(() => cafe.s3.countOf(listed)).toBe(before + 2);
      storing.letGo();
      placing.letGo();
      expect((await asked).status).toBe(200);
      await takingOff.isSent();
      const other = await openTestCafe({ beside: cafe, env: { DAILY_GENERATION_BUDGET: '0' } });
      expect((await other.ask('/posts/new')).status).toBe(200);
      await other.cafe.servePageImage.finished();
      const shown = cafe.s3.objects.get(pageKey('new'))?.metadata.generation;
      expect(items[0].id).toContain(shown);
      takingOff.letGo();
      expect((await acting).body).toMatchObject({ pagesChanged: 2, pagesBusy: 0 });
      expect(cafe.pngs()).toEqual([pageKey('own')]);
    });
  },
);

describe('S18: a page that is looked up while its picture is taken down', () => {
  it.each(ACTS)('is not remembered to show it: %s', async (act) => {
    const { cafe: before, image } = await openBlog();
    // A new process, which remembers nothing.
    const cafe = await openTestCafe({
      beside: before,
      env: { ...WITH_ADMIN, DAILY_GENERATION_BUDGET: '0' },
    });
    const admin = await openAdmin(cafe);
    const look = holdBack(cafe, { operation: 'head', key: pageKey('own') }, { afterwards: true });
    const asked = cafe.ask('/posts/own');
    await look.isSent();
    const taken =
      act === 'hide'
        ? await admin.post(`/images/${image.id}/hide`)
        : await admin.delete(`/images/${image.id}`);
    look.letGo();
    expect([taken.status, (await asked).status]).toEqual([200, 200]);
    expect((await cafe.ask('/posts/own')).status).toBe(503);
  });
});
