import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { ORIGIN, openTestCafe, type TestCafe } from '../../support/open-test-cafe.ts';
import { tinyPng } from '../../support/tiny-png.ts';
import { today } from '../../support/utc-days.ts';

const PAGE = '/posts/a';
const PAGE_KEY = 'generated/v2/page-cache/article/posts/a-france.png';
const NAMED = { type: 'article', path: PAGE, country: 'FR' };
const OTHER = '00000000-0000-4000-8000-000000000001';
/** Nothing is remembered of a page, as by a replica that has not served it. */
const BEFORE = { ...WITH_ADMIN, REVIEW: 'before', PAGE_CACHE_TTL_SECONDS: '0' };
const DETAILS = { query: '?details=1' };

const open = ({ env, ...options }: Parameters<typeof openTestCafe>[0] = {}) =>
  openTestCafe({ ...options, env: { ...BEFORE, ...env } });

/** A picture that was there before. */
function seedOther(cafe: TestCafe): void {
  cafe.s3.seed(`generated/v2/2026/01/01/${OTHER}-france.png`, 'another', {
    contentType: 'image/png',
    metadata: { source: 'generated', country: 'FR', generation: OTHER },
  });
}

/** A cafe with one page, whose picture waits. */
async function openWaiting(
  options: Parameters<typeof openTestCafe>[0] & { hasOther?: boolean } = {},
) {
  const cafe = await open(options);
  if (options.hasOther) seedOther(cafe);
  const admin = await openAdmin(cafe);
  const first = await cafe.ask(PAGE, DETAILS);
  await cafe.cafe.servePageImage.finished();
  const { items } = (await admin.get('/images?state=pending')).body;
  return { cafe, admin, first, items, id: items[0]?.id as string };
}

const generationOf = (id: string) => id.slice('YYYY-MM-DD_'.length, -'-france'.length);
const pending = (cafe: TestCafe) => cafe.keys('records/pending/');

describe('with REVIEW=before, a new picture', () => {
  it('is paid for and seen by the owner alone', async () => {
    const { cafe, admin, first, items, id } = await openWaiting();
    expect([first.status, first.body.error.code]).toEqual([503, 'no_image_available']);
    expect(cafe.keys('generated/')).toEqual([]);
    expect(items).toMatchObject([
      { presence: 'pending', state: 'spent', url: null, renditions: [], page: { path: PAGE } },
    ]);
    const file = await fetch(`${cafe.url}/api/admin/images/${id}/hidden.png`, {
      headers: { Cookie: admin.cookie },
    });
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/png']);
    const [stored = ''] = pending(cafe).filter((key) => key.endsWith('.png'));
    expect(Buffer.compare(await file.bytes(), cafe.s3.objects.get(stored)!.bytes)).toBe(0);
    const all = (await admin.get('/images')).body.items;
    expect(all).toEqual(items);
    expect((await admin.get('/images?state=visible')).body.items).toEqual([]);
    expect((await admin.get('/budget')).body).toMatchObject({ used: 1, reserved: 0 });
    expect(cafe.log.join()).toContain('picture awaits review');
  });

  it('is bought once, however often its page is asked for, also after a restart', async () => {
    const { cafe } = await openWaiting();
    const restarted = await open({ beside: cafe });
    for (const one of [cafe, restarted, cafe, restarted]) {
      expect((await one.ask(PAGE)).status).toBe(503);
    }
    expect(cafe.openai.journal).toHaveLength(1);
    expect(pending(cafe).filter((key) => key.endsWith('.png'))).toHaveLength(1);
  });

  it('costs a page that waits for it neither a claim nor a write', async () => {
    const { cafe } = await openWaiting();
    cafe.s3.journal.length = 0;
    await cafe.ask(PAGE);
    const writes = cafe.s3.journal.filter(({ operation }) => operation === 'put');
    expect(writes).toEqual([]);
  });

  it('is bought once by two replicas that are asked at once', async () => {
    const one = await open({ env: { CLAIM_LEASE_MS: '1000' } });
    const two = await open({ beside: one, env: { CLAIM_LEASE_MS: '1000' } });
    one.openai.latencyMs = 300;
    const answers = await Promise.all([one, two].map(({ ask }) => ask(PAGE)));
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect(one.openai.journal).toHaveLength(1);
  });

  it('counts as spent: the budget buys no more than without', async () => {
    const { cafe } = await openWaiting({ env: { DAILY_GENERATION_BUDGET: '1' } });
    const two = await open({ beside: cafe, env: { DAILY_GENERATION_BUDGET: '1' } });
    expect((await two.ask('/posts/b')).status).toBe(503);
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('leaves its page a fallback meanwhile', async () => {
    const { cafe, first } = await openWaiting({ hasOther: true });
    expect(first.body).toMatchObject({ url: `${ORIGIN}/${PAGE_KEY}`, source: 'fallback' });
    expect(Buffer.from(cafe.s3.objects.get(PAGE_KEY)!.bytes).toString()).toBe('another');
    expect((await cafe.ask(PAGE)).body.url).toBe(`${ORIGIN}/${PAGE_KEY}`);
    expect(cafe.openai.journal).toHaveLength(1);
    expect(cafe.log.join()).toContain('awaiting_review');
  });

  it('that a process left behind by a crash is not bought again', async () => {
    const cafe = await open({ env: { CLAIM_LEASE_MS: '1000' } });
    const name = `${today()}/${randomUUID()}-france.png`;
    const note = {
      page: { type: 'article', path: PAGE },
      country: 'FR',
      making: [`generated/v2/${name}`],
      claim: { holder: randomUUID(), renewals: 2 },
    };
    cafe.s3.seed('records/pages/article/posts/a-france.json', JSON.stringify(note));
    cafe.s3.seed(`records/pending/${name}`, 'paid for', { contentType: 'image/png', metadata: {} });
    expect((await cafe.ask(PAGE)).status).toBe(503);
    expect(cafe.openai.journal).toEqual([]);
  });

  it('is told to those who watch', async () => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    const events = await fetch(`${cafe.url}/api/admin/events`, {
      headers: { Cookie: admin.cookie },
    });
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    await reader.read();
    await cafe.ask(PAGE);
    let told = '';
    while (!told.includes('generations')) told += (await reader.read()).value;
    await reader.cancel();
    expect(told).toContain('event: change');
  });
});

describe('approving a picture', () => {
  it('shows it on its page and offers it to others, under an address of its own', async () => {
    const picture = () => tinyPng({ width: 800, height: 800 });
    const { cafe, admin, id } = await openWaiting({ hasOther: true, openai: { picture } });
    const { status, body } = await admin.post(`/images/${id}/approve`);
    expect([status, body]).toEqual([200, { id, pagesChanged: 1, pagesBusy: 0 }]);
    expect(pending(cafe)).toEqual([]);
    const dated = `generated/v2/${today()}/${generationOf(id)}-france`;
    expect(cafe.keys(dated)).toEqual(
      ['480.webp', '768.webp', 'card.jpg', 'png'].map((end) => `${dated}.${end}`),
    );
    const answer = await cafe.ask(PAGE, DETAILS);
    expect(answer.body).toMatchObject({
      url: `${ORIGIN}/${PAGE_KEY}?v=${generationOf(id)}`,
      width: 800,
      source: 'stored',
    });
    expect(answer.body.renditions).toHaveLength(2);
    expect(cafe.s3.objects.get(PAGE_KEY)).toMatchObject({
      cacheControl: 'public, max-age=31536000, immutable',
      metadata: { source: 'generated', country: 'FR' },
    });
    const detail = (await admin.get(`/images/${id}`)).body;
    expect(detail).toMatchObject({ presence: 'visible', shownOn: [{ path: PAGE, source: 'own' }] });
    expect((await admin.get('/activity')).body.items[0]).toMatchObject({
      action: 'approve_picture',
      subject: id,
      outcome: 'done',
    });
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('gives a page its first picture, on every replica', async () => {
    const { cafe, admin, id } = await openWaiting();
    const two = await open({ beside: cafe });
    await admin.post(`/images/${id}/approve`);
    for (const one of [cafe, two]) {
      const { body } = await one.ask(PAGE);
      expect(body.url).toBe(`${ORIGIN}/${PAGE_KEY}?v=${generationOf(id)}`);
    }
  });

  it('is for pending ones alone', async () => {
    const { admin, id } = await openWaiting();
    await admin.post(`/images/${id}/approve`);
    expect((await admin.post(`/images/${id}/approve`)).status).toBe(404);
    expect((await admin.post(`/images/2026-01-01_${OTHER}/approve`)).status).toBe(404);
  });

  it('lets it be hidden like any other', async () => {
    const { cafe, admin, id } = await openWaiting();
    await admin.post(`/images/${id}/approve`);
    expect((await admin.post(`/images/${id}/hide`)).body.pagesChanged).toBe(1);
    expect(cafe.keys('generated/')).toEqual([]);
  });

  it.each([
    ['copying', { operation: 'copy' } as const],
    ['writing on its page', { operation: 'put', key: /page-cache/ } as const],
    ['claiming its page', { operation: 'put', key: /records\/pages/ } as const],
    ['clearing up', { operation: 'delete', key: /records\/pending/ } as const],
  ])('that fails while %s is completed by doing it again', async (_, pattern) => {
    const { cafe, admin, id } = await openWaiting({ hasOther: true });
    cafe.s3.fault(pattern, { kind: 'status', status: 403, code: 'AccessDenied' }, 1);
    await admin.post(`/images/${id}/approve`);
    await admin.post(`/images/${id}/approve`);
    expect(pending(cafe)).toEqual([]);
    expect((await cafe.ask(PAGE)).body.url).toContain(generationOf(id));
    expect(cafe.openai.journal).toHaveLength(1);
  });
});

describe('a picture that waits, and that its page', () => {
  it('could not be given at first, is all that is bought for the page', async () => {
    const { cafe, admin, id } = await openWaiting();
    const refused = { kind: 'status', status: 403, code: 'AccessDenied' } as const;
    cafe.s3.fault({ operation: 'put', key: /page-cache/ }, refused, 1);
    expect((await admin.post(`/images/${id}/approve`)).status).toBe(503);
    expect((await cafe.ask(PAGE)).status).toBe(200);
    expect(cafe.s3.objects.get(PAGE_KEY)?.metadata).toMatchObject({
      source: 'generated',
      generation: generationOf(id),
    });
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('may not show yet, is not forgotten by who pins it there', async () => {
    const { cafe, admin, id } = await openWaiting();
    expect((await admin.put('/pages/image', { ...NAMED, image: id })).status).toBe(404);
    expect((await cafe.ask(PAGE)).status).toBe(503);
    expect(cafe.openai.journal).toHaveLength(1);
  });
});

describe('rejecting a picture', () => {
  it.each([false, true])(
    'hides it for good, and lets its page buy another (with a fallback: %s)',
    async (hasOther) => {
      const { cafe, admin, id } = await openWaiting({ hasOther });
      expect((await admin.post(`/images/${id}/hide`)).status).toBe(200);
      expect(pending(cafe)).toEqual([]);
      expect(cafe.keys(`generated/v2/${today()}`)).toEqual([]);
      const [hidden] = (await admin.get('/images?state=hidden')).body.items;
      expect(hidden).toMatchObject({ id, presence: 'hidden', url: null });
      expect((await admin.post(`/images/${id}/approve`)).status).toBe(404);
      expect((await cafe.ask(PAGE)).status).toBe(hasOther ? 200 : 503);
      expect(cafe.openai.journal).toHaveLength(2);
      const [second] = (await admin.get('/images?state=pending')).body.items;
      expect(second.id).not.toBe(id);
      expect((await admin.get('/budget')).body.used).toBe(2);
    },
  );

  it('that fails while claiming its page is completed by doing it again', async () => {
    const { cafe, admin, id } = await openWaiting({ hasOther: true });
    const refused = { kind: 'status', status: 403, code: 'AccessDenied' } as const;
    cafe.s3.fault({ operation: 'put', key: /records\/pages/ }, refused, 1);
    expect((await admin.post(`/images/${id}/hide`)).status).toBe(503);
    expect((await admin.post(`/images/${id}/hide`)).status).toBe(200);
    await cafe.ask(PAGE);
    expect(cafe.openai.journal).toHaveLength(2);
  });

  it('goes on counting: without budget its page buys nothing', async () => {
    const { cafe, admin, id } = await openWaiting({ env: { DAILY_GENERATION_BUDGET: '1' } });
    await admin.post(`/images/${id}/hide`);
    expect((await cafe.ask(PAGE)).status).toBe(503);
    expect(cafe.openai.journal).toHaveLength(1);
    expect((await admin.get('/budget')).body).toMatchObject({ used: 1, remaining: 0 });
  });

  it('can be taken back, which approves it', async () => {
    const { cafe, admin, id } = await openWaiting({ hasOther: true });
    await admin.post(`/images/${id}/hide`);
    expect((await admin.post(`/images/${id}/restore`)).status).toBe(200);
    expect((await cafe.ask(PAGE)).body.url).toContain(generationOf(id));
    expect((await admin.get(`/images/${id}`)).body.presence).toBe('visible');
  });

  it('by deleting it leaves nothing but its cost', async () => {
    const { cafe, admin, id } = await openWaiting();
    expect((await admin.delete(`/images/${id}`)).status).toBe(200);
    expect([...pending(cafe), ...cafe.keys('records/hidden/')]).toEqual([]);
    expect((await admin.get('/images?state=gone')).body.items).toMatchObject([{ id }]);
    expect((await admin.get('/budget')).body.used).toBe(1);
  });
});

describe('a page that has a picture already', () => {
  /** Its own, bought before reviews began. */
  async function openShowing() {
    const earlier = await open({ env: { REVIEW: 'after' } });
    const url = (await earlier.ask(PAGE)).body.url;
    await earlier.cafe.servePageImage.finished();
    const cafe = await open({ beside: earlier });
    return { cafe, admin: await openAdmin(cafe), url };
  }

  it('keeps it when it is re-brewed, until the new one is approved', async () => {
    const { cafe, admin, url } = await openShowing();
    const { status, body } = await admin.post('/pages/rebrew', NAMED);
    expect([status, body]).toMatchObject([200, { url: null, pending: true }]);
    expect((await cafe.ask(PAGE)).body.url).toBe(url);
    const [{ id }] = (await admin.get('/images?state=pending')).body.items;
    await admin.post(`/images/${id}/approve`);
    expect((await cafe.ask(PAGE)).body.url).toBe(`${url}?v=${generationOf(id)}`);
  });

  it('is not re-brewed once more while one waits', async () => {
    const { cafe, admin } = await openShowing();
    await admin.post('/pages/rebrew', NAMED);
    expect((await admin.post('/pages/rebrew', NAMED)).body.pending).toBe(true);
    expect(cafe.openai.journal).toHaveLength(2);
  });

  it('keeps it when the new one is rejected', async () => {
    const { cafe, admin, url } = await openShowing();
    await admin.post('/pages/rebrew', NAMED);
    const [{ id }] = (await admin.get('/images?state=pending')).body.items;
    await admin.post(`/images/${id}/hide`);
    expect((await cafe.ask(PAGE)).body.url).toBe(url);
    expect(cafe.openai.journal).toHaveLength(2);
  });
});

describe('healing', () => {
  it('buys a page that fell back one picture, and none while that waits', async () => {
    const without = await open({ env: { DAILY_GENERATION_BUDGET: '0' } });
    seedOther(without);
    await without.ask(PAGE);
    const heal = { HEAL_FALLBACKS: 'true' };
    for (const _ of [1, 2]) {
      const cafe = await open({ beside: without, env: heal });
      expect((await cafe.ask(PAGE)).body.url).toBe(`${ORIGIN}/${PAGE_KEY}`);
      await cafe.cafe.servePageImage.finished();
    }
    expect(without.openai.journal).toHaveLength(1);
    expect(Buffer.from(without.s3.objects.get(PAGE_KEY)!.bytes).toString()).toBe('another');
    const admin = await openAdmin(without);
    const [{ id }] = (await admin.get('/images?state=pending')).body.items;
    await admin.post(`/images/${id}/approve`);
    expect((await without.ask(PAGE)).body.url).toContain(generationOf(id));
  });
});

describe('without reviews again', () => {
  it('a pending picture stays pending, and its page buys no other', async () => {
    const { cafe, id } = await openWaiting();
    const after = await open({ beside: cafe, env: { REVIEW: 'after' } });
    expect((await after.ask(PAGE)).status).toBe(503);
    expect(cafe.openai.journal).toHaveLength(1);
    expect((await after.ask('/posts/b')).status).toBe(200);
    const admin = await openAdmin(after);
    expect((await admin.get('/images?state=pending')).body.items).toMatchObject([{ id }]);
    await admin.post(`/images/${id}/approve`);
    expect((await after.ask(PAGE)).body.url).toContain(generationOf(id));
  });
});
