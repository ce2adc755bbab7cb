import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openAdmin, WITH_ADMIN } from '../support/admin-caller.ts';
import { seedCopies } from '../support/copied-pages.ts';
import { openTestCafe, type TestCafe } from '../support/open-test-cafe.ts';
import type { ConditionHandling } from '../support/s3-conditions.ts';

const COPIES = 998;
/** Enough to go on behind the answer. */
const MANY = 100;
/** Also on its own page, and on the page from which the copies are made. */
const SHOWN_ON = COPIES + 2;
const COPY_DELETED = { operation: 'delete', key: /page-cache/ } as const;

/** A blog on which many pages show one picture. Another picture is in the pool, and no budget is left. */
async function openBlog({
  copies = COPIES,
  conditions = {},
}: { copies?: number; conditions?: Partial<ConditionHandling> } = {}) {
  const cafe = await openTestCafe({
    s3: { conditions },
    env: { ...WITH_ADMIN, DAILY_GENERATION_BUDGET: '1', PAGE_CACHE_TTL_SECONDS: '600' },
  });
  const admin = await openAdmin(cafe);
  await cafe.ask('/posts/own');
  await cafe.ask('/posts/copied');
  const [image] = (await admin.get('/images?page=own')).body.items;
  seedCopies(cafe, { of: '/posts/copied', count: copies });
  const other = `generated/v2/2026/01/01/${randomUUID()}-france.png`;
  cafe.s3.seed(other, 'another');
  cafe.cafe.pool.add(other);
  return { cafe, admin, image, other };
}

/** Holds every deletion of a copy back. */
function holdDeletions(cafe: TestCafe, pattern: typeof COPY_DELETED = COPY_DELETED) {
  const { promise, resolve } = Promise.withResolvers<void>();
  cafe.s3.fault(pattern, { kind: 'wait', until: promise }, 10_000);
  return resolve;
}

const actOf = async (admin: Awaited<ReturnType<typeof openAdmin>>, id: string) =>
  (await admin.get(`/images/${id}`)).body.act;

const keyIn = ({ body }: { body: { url: string } }) => {
  const { pathname } = new URL(body.url);
  return decodeURI(pathname.slice(1));
};

const textAt = ({ s3 }: TestCafe, key: string) =>
  Buffer.from(s3.objects.get(key)?.bytes ?? []).toString();

describe('S20: a picture that a thousand pages show, of which one asks to hide it', () => {
  it('is hidden at once, and taken off the pages behind the answer', async () => {
    const { cafe, admin, image, other } = await openBlog();
    const letGo = holdDeletions(cafe);
    cafe.s3.journal.length = 0;
    const { status, body, headers } = await admin.post(`/images/${image.id}/hide`);
    expect([status, body]).toMatchObject([
      202,
      { id: image.id, act: 'hide', state: 'running', total: SHOWN_ON, pagesChanged: 0 },
    ]);
    expect(headers.get('location')).toBe(`/api/admin/images/${image.id}`);
    expect((await admin.get(`/images/${image.id}`)).body).toMatchObject({
      presence: 'hidden',
      act: { state: 'running', total: SHOWN_ON },
    });
    letGo();
    await expect.poll(() => actOf(admin, image.id)).toMatchObject({ state: 'done' });
    expect(await actOf(admin, image.id)).toMatchObject({
      ...{ act: 'hide', total: SHOWN_ON, done: SHOWN_ON, pagesChanged: SHOWN_ON, pagesBusy: 0 },
      endedAt: expect.any(String),
    });
    expect(cafe.pngs()).toEqual([other]);
    expect((await admin.get('/activity')).body.items).toMatchObject([
      { action: 'hide_picture', subject: image.id, outcome: 'done' },
    ]);
  });

  it('is shown to no reader after the answer, though its copies are still there', async () => {
    const { cafe, admin, image } = await openBlog({ copies: MANY });
    const pages = ['/posts/own', '/posts/copied', '/posts/copied-7', '/posts/copied-99'];
    // Known in memory, as a page that was just read.
    for (const page of pages) expect(keyIn(await cafe.ask(page))).toContain('page-cache');
    const letGo = holdDeletions(cafe);
    await admin.post(`/images/${image.id}/hide`);
    for (const page of [...pages, '/posts/new']) {
      expect(textAt(cafe, keyIn(await cafe.ask(page)))).toBe('another');
      const found = await fetch(`${cafe.url}/api/cafe/image?path=${page}&type=article`, {
        headers: { 'X-Real-IP': '2.2.2.2' },
        redirect: 'manual',
      });
      const location = found.headers.get('location') ?? '';
      expect(textAt(cafe, keyIn({ body: { url: location } }))).toBe('another');
    }
    letGo();
    await expect.poll(() => actOf(admin, image.id)).toMatchObject({ state: 'done' });
  });

  it('costs five calls for each page, sixteen pages at once, and claims none', async () => {
    const { cafe, admin, image } = await openBlog({ copies: MANY });
    const letGo = holdDeletions(cafe);
    await admin.post(`/images/${image.id}/hide`);
    await expect.poll(() => cafe.s3.countOf(COPY_DELETED)).toBe(16);
    cafe.s3.journal.length = 0;
    letGo();
    // Not by looking at the picture, which looks at its pages.
    const lastAct = async () => (await admin.get('/activity')).body.items[0];
    await expect.poll(lastAct).toMatchObject({ outcome: 'done' });
    const ofOne = cafe.s3.journal.filter(({ key }) => key.includes('/copied-99-france'));
    expect(ofOne.map(({ operation, key }) => [operation, key.split('/', 2).join('/')])).toEqual([
      ['get', 'records/shown'],
      ['head', 'generated/v2'],
      ['get', 'records/pages'],
      ['put', 'records/pages'],
      ['delete', 'generated/v2'],
    ]);
  });

  it('is taken off all pages of a store that cannot compare and delete in one step, too', async () => {
    const { cafe, admin, image, other } = await openBlog({
      copies: MANY,
      conditions: { deleteIfMatch: 'ignored' },
    });
    expect((await admin.post(`/images/${image.id}/hide`)).status).toBe(202);
    await expect.poll(() => actOf(admin, image.id)).toMatchObject({ state: 'done' });
    expect(cafe.pngs()).toEqual([other]);
  });
});
