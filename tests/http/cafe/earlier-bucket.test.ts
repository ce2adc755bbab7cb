import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { ORIGIN, openTestCafe, READERS } from '../../support/open-test-cafe.ts';
import type { S3StandIn } from '../../support/s3-stand-in.ts';

/**
 * What the service wrote at commit a52afba: four pages with images of their own, one with a fallback, one
 * whose image the owner has hidden, and a budget of five that is spent. Recorded before files and names
 * moved, so that a change of what is stored fails here. Cards are empty.
 */
const RECORDED = readFileSync(
  new URL('../../support/recorded/bucket-a52afba.json', import.meta.url),
  'utf8',
);
const RECORDED_ON = '2026-11-29';
const BUDGET = 5;

interface RecordedObject {
  key: string;
  contentType: string;
  cacheControl?: string;
  metadata?: Record<string, string>;
  text?: string;
  base64?: string;
}

/** As if it had been recorded today. */
function fill(s3: S3StandIn): void {
  const today = new Date().toISOString().slice(0, 10);
  const text = RECORDED.replaceAll(RECORDED_ON, today).replaceAll(
    RECORDED_ON.replaceAll('-', '/'),
    today.replaceAll('-', '/'),
  );
  for (const { key, text: json, base64 = '', ...labels } of JSON.parse(text) as RecordedObject[]) {
    s3.seed(key, json === undefined ? Buffer.from(base64, 'base64') : Buffer.from(json), labels);
  }
}

const open = (dailyBudget = BUDGET) =>
  openTestCafe({
    env: { ...WITH_ADMIN, DAILY_GENERATION_BUDGET: String(dailyBudget) },
    before: fill,
  });

describe('a bucket that an earlier version wrote', () => {
  it.each([
    ['/posts/a', READERS.FR, 'posts/a-france'],
    ['/posts/a', READERS.JP, 'posts/a-japan'],
    ['/posts/c', READERS.unknown, 'posts/c-anywhere'],
    ['/posts/fallback', READERS.FR, 'posts/fallback-france'],
  ])('shows %s to %s what it showed before', async (page, from, name) => {
    const cafe = await open();
    const { status, body } = await cafe.ask(page, { from });
    expect([status, body.url]).toEqual([
      200,
      `${ORIGIN}/generated/v2/page-cache/article/${name}.png`,
    ]);
    expect(cafe.openai.journal).toEqual([]);
  });

  it('has its budget spent, and one more bought where one more is allowed', async () => {
    const spent = await open();
    await spent.ask('/posts/new');
    expect(spent.openai.journal).toEqual([]);

    const more = await open(BUDGET + 1);
    await more.ask('/posts/new');
    await more.ask('/posts/newer');
    expect(more.openai.journal).toHaveLength(1);
  });

  it('keeps hidden what the owner has hidden', async () => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    const { items } = (await admin.get('/images')).body;
    const hidden = items.filter(({ presence }: { presence: string }) => presence === 'hidden');
    expect(items).toHaveLength(5);
    expect(hidden).toMatchObject([{ page: { path: '/posts/hidden' } }]);
    const { body } = await cafe.ask('/posts/hidden');
    expect(cafe.s3.objects.get(new URL(body.url).pathname.slice(1))?.metadata).toMatchObject({
      source: 'fallback',
    });
    expect((await admin.post(`/images/${hidden[0].id}/restore`)).status).toBe(200);
  });
});
