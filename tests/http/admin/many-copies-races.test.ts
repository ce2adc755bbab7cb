import { describe, expect, it } from 'vitest';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { COPY_DELETED, holdAll, MANY, openCopiedBlog } from '../../support/copied-pages.ts';
import { openTestCafe } from '../../support/open-test-cafe.ts';

const pageKey = (name: string) => `generated/v2/page-cache/article/posts/${name}-france.png`;

describe('S20: while a picture is taken off many pages', () => {
  it('a page that gets a picture of its own keeps it, and no other is bought for it', async () => {
    const { cafe, admin, hide, ended } = await openCopiedBlog();
    await admin.put('/budget', { limit: 2 });
    const letGo = holdAll(cafe, { operation: 'delete', key: pageKey('copied-0') });
    await hide();
    await expect
      .poll(() => cafe.s3.countOf({ operation: 'delete', key: pageKey('copied-0') }))
      .toBe(1);
    // It was looked at, and is about to be deleted.
    const page = { type: 'article', path: '/posts/copied-0', country: 'FR' };
    const { body } = await admin.post('/pages/rebrew', page);
    const own = cafe.s3.objects.get(pageKey('copied-0'));
    letGo();
    expect(await ended()).toMatchObject({ state: 'done', pagesBusy: 0 });
    expect(cafe.s3.objects.get(pageKey('copied-0'))).toEqual(own);
    expect((await cafe.ask('/posts/copied-0')).body.url).toBe(body.url);
    expect(cafe.openai.journal).toHaveLength(2);
  });

  it('a page that is just being painted is waited for, and gets its picture', async () => {
    const { cafe, admin, hide, ended, id } = await openCopiedBlog();
    await admin.put('/budget', { limit: 2 });
    const { promise, resolve } = Promise.withResolvers<void>();
    cafe.openai.answerNext(async ({ usual }) => {
      await promise;
      return usual();
    });
    const page = { type: 'article', path: '/posts/copied-0', country: 'FR' };
    const rebrewing = admin.post('/pages/rebrew', page);
    await expect.poll(() => cafe.openai.journal.length).toBe(2);
    await hide();
    const act = async () => (await admin.get(`/images/${id}`)).body.act;
    await expect.poll(act).toMatchObject({ state: 'running', done: MANY + 1 });
    resolve();
    expect((await rebrewing).status).toBe(200);
    expect(await ended()).toMatchObject({ state: 'done', pagesChanged: MANY + 1, pagesBusy: 0 });
    expect(cafe.s3.objects.get(pageKey('copied-0'))?.metadata.generation).toBeDefined();
  });

  it('the same asked once more is told how far it is, and writes nothing', async () => {
    const { cafe, hide, ended, admin } = await openCopiedBlog();
    const letGo = holdAll(cafe, COPY_DELETED);
    const first = await hide();
    const second = await hide();
    expect([second.status, second.body.startedAt]).toEqual([202, first.body.startedAt]);
    letGo();
    await ended();
    expect((await admin.get('/activity')).body.items).toHaveLength(1);
  });

  it('restoring it ends that, and shows it on all pages again', async () => {
    const { cafe, hide, restore, ended, admin } = await openCopiedBlog();
    const before = cafe.pngs();
    const letGo = holdAll(cafe, COPY_DELETED);
    await hide();
    const restoring = restore();
    letGo();
    expect((await restoring).status).toBe(202);
    expect(await ended()).toMatchObject({ act: 'restore', state: 'done' });
    expect(cafe.pngs()).toEqual(before);
    const { items } = (await admin.get('/activity')).body;
    expect(items.map(({ action, outcome }: Record<string, string>) => [action, outcome])).toEqual([
      ['restore_picture', 'done'],
      ['hide_picture', 'failed'],
    ]);
  });

  it('restoring it on another replica is not undone', async () => {
    const { cafe, id, hide, ended } = await openCopiedBlog();
    const letGo = holdAll(cafe, COPY_DELETED);
    await hide();
    const two = await openTestCafe({ beside: cafe, env: WITH_ADMIN });
    const restored = await (await openAdmin(two)).post(`/images/${id}/restore`);
    expect(restored.status).toBe(202);
    await two.cafe.admin?.runModeration.close();
    letGo();
    expect(await ended()).toMatchObject({ act: 'hide', state: 'stopped' });
    const [dated] = cafe.pngs().filter((key) => !/page-cache|2026\/01\/01/.test(key));
    expect(dated).toBeDefined();
  });
});
