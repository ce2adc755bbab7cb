import { describe, expect, it } from 'vitest';
import { TOKEN, WITH_ADMIN } from '../../support/admin-caller.ts';
import { COPY_DELETED, holdAll, MANY, openCopiedBlog } from '../../support/copied-pages.ts';
import { openTestCafe, type TestCafe } from '../../support/open-test-cafe.ts';

const COPIES = 998;
/** Also on its own page, and on the page from which the copies are made. */
const SHOWN_ON = COPIES + 2;

const textAt = ({ s3 }: TestCafe, url: string) =>
  Buffer.from(s3.objects.get(decodeURI(new URL(url).pathname.slice(1)))?.bytes ?? []).toString();

/** What the page shows a browser that runs no script. */
async function withoutScript(cafe: TestCafe, path: string): Promise<string> {
  const { headers } = await fetch(`${cafe.url}/api/cafe/image?path=${path}&type=article`, {
    headers: { 'X-Real-IP': '2.2.2.2' },
    redirect: 'manual',
  });
  return headers.get('location') ?? '';
}

describe('S20: a picture that a thousand pages show, of which one asks to hide it', () => {
  it('is hidden at once, and taken off the pages behind the answer', async () => {
    const { cafe, admin, id, other, hide, ended } = await openCopiedBlog({ copies: COPIES });
    const letGo = holdAll(cafe, COPY_DELETED);
    const { status, body, headers } = await hide();
    expect([status, body]).toMatchObject([
      202,
      { id, act: 'hide', state: 'running', total: SHOWN_ON, pagesChanged: 0 },
    ]);
    expect(headers.get('location')).toBe(`/api/admin/images/${id}`);
    expect((await admin.get(`/images/${id}`)).body).toMatchObject({
      presence: 'hidden',
      act: { state: 'running', total: SHOWN_ON },
    });
    letGo();
    expect(await ended()).toMatchObject({
      act: 'hide',
      state: 'done',
      total: SHOWN_ON,
      done: SHOWN_ON,
      pagesChanged: SHOWN_ON,
      pagesBusy: 0,
      endedAt: expect.any(String),
      reason: null,
    });
    expect(cafe.pngs()).toEqual([other]);
    expect((await admin.get('/activity')).body.items).toMatchObject([
      { action: 'hide_picture', subject: id, outcome: 'done' },
    ]);
  });

  it('is shown to no reader after the answer, though its copies are still there', async () => {
    const { cafe, hide, ended } = await openCopiedBlog();
    const pages = ['/posts/own', '/posts/copied', '/posts/copied-7', '/posts/copied-99'];
    // Known in memory, as pages that were just read.
    for (const page of pages) expect((await cafe.ask(page)).body.url).toContain('page-cache');
    const letGo = holdAll(cafe, COPY_DELETED);
    await hide();
    for (const page of [...pages, '/posts/new']) {
      expect(textAt(cafe, (await cafe.ask(page)).body.url)).toBe('another');
      expect(textAt(cafe, await withoutScript(cafe, page))).toBe('another');
    }
    letGo();
    await ended();
    for (const page of pages) {
      const { url } = (await cafe.ask(page)).body;
      // Caches may have the copy that was there for an hour.
      expect([textAt(cafe, url), url]).toEqual(['another', expect.stringContaining('?v=')]);
    }
  });

  it('costs five calls for each page, sixteen pages at once, and claims none', async () => {
    const { cafe, hide, ended } = await openCopiedBlog();
    const letGo = holdAll(cafe, COPY_DELETED);
    await hide();
    await expect.poll(() => cafe.s3.countOf(COPY_DELETED)).toBe(16);
    cafe.s3.journal.length = 0;
    letGo();
    await expect.poll(() => cafe.s3.countOf({ operation: 'delete' })).toBe(MANY - 15);
    const ofOne = cafe.s3.journal.filter(({ key }) => key.includes('/copied-99-france'));
    expect(ofOne.map(({ operation, key }) => [operation, key.split('/', 2).join('/')])).toEqual([
      ['get', 'records/shown'],
      ['head', 'generated/v2'],
      ['get', 'records/pages'],
      ['put', 'records/pages'],
      ['delete', 'generated/v2'],
    ]);
    await ended();
  });

  it('is taken off all pages of a store that cannot compare and delete in one step, too', async () => {
    const conditions = { deleteIfMatch: 'ignored' } as const;
    const { cafe, other, hide, ended } = await openCopiedBlog({ conditions });
    expect((await hide()).status).toBe(202);
    expect(await ended()).toMatchObject({ state: 'done', pagesChanged: MANY + 2 });
    expect(cafe.pngs()).toEqual([other]);
  });

  it('is deleted for good once the last page is done with', async () => {
    const { cafe, id, other, admin, erase, ended } = await openCopiedBlog();
    const letGo = holdAll(cafe, COPY_DELETED);
    expect((await erase()).status).toBe(202);
    expect(cafe.keys('records/hidden/')).not.toEqual([]);
    letGo();
    expect(await ended()).toMatchObject({ act: 'delete', state: 'done' });
    expect([cafe.pngs(), cafe.keys('records/hidden/')]).toEqual([[other], []]);
    expect((await admin.get('/images?state=gone')).body.items).toMatchObject([{ id }]);
  });

  it('tells whoever watches that it gets on', async () => {
    const { cafe, admin, hide, ended } = await openCopiedBlog();
    const letGo = holdAll(cafe, COPY_DELETED);
    const leaving = new AbortController();
    const stream = await fetch(`${cafe.url}/api/admin/events`, {
      headers: { Cookie: admin.cookie },
      signal: leaving.signal,
    });
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    await hide();
    letGo();
    let heard = '';
    while (!heard.includes('"acts"')) heard += (await reader.read()).value;
    leaving.abort();
    await ended();
  });
});

describe('S20: an act on a picture that goes on behind its answer', () => {
  it('is finished before the service stops', async () => {
    const { cafe, other, hide } = await openCopiedBlog();
    const letGo = holdAll(cafe, COPY_DELETED);
    await hide();
    const drained = cafe.drain();
    letGo();
    await drained;
    expect(cafe.pngs()).toEqual([other]);
  });

  it('is finished by asking again where the service was killed meanwhile', async () => {
    const { cafe, other, id, hide } = await openCopiedBlog();
    const letGo = holdAll(cafe, COPY_DELETED);
    await hide();
    const later = await openTestCafe({ beside: cafe, env: WITH_ADMIN });
    cafe.s3.mend();
    const headers = { Authorization: `Bearer ${TOKEN}` };
    const again = await later.send(`/api/admin/images/${id}/hide`, { method: 'POST', headers });
    expect([again.status, again.body]).toMatchObject([202, { total: MANY + 2 }]);
    await expect.poll(() => cafe.pngs()).toEqual([other]);
    letGo();
  });

  it('says where it failed, and is finished by asking again', async () => {
    const { cafe, other, hide, ended } = await openCopiedBlog();
    cafe.s3.fault(COPY_DELETED, { kind: 'status', status: 403, code: 'AccessDenied' });
    expect((await hide()).status).toBe(202);
    expect(await ended()).toMatchObject({
      state: 'failed',
      reason: 'The store was unavailable. Try again.',
    });
    expect(cafe.log.filter((line) => line.includes('an admin action failed'))).toHaveLength(1);
    expect((await hide()).status).toBe(202);
    expect(await ended()).toMatchObject({ state: 'done' });
    expect(cafe.pngs()).toEqual([other]);
  });
});
