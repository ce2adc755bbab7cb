import { describe, expect, it, vi } from 'vitest';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { ORIGIN, openTestCafe, type TestCafe } from '../../support/open-test-cafe.ts';
import { S3_PROFILES } from '../../support/s3-quirks.ts';

vi.setConfig({ testTimeout: 90_000 });

const OWN = 'generated/v2/page-cache/article/posts/own-france.png';
const FALLBACK = 'generated/v2/page-cache/article/posts/other-france.png';

async function openOn(name: string): Promise<TestCafe> {
  const { conditions = {}, quirks = {}, region = 'us-east-1' } = S3_PROFILES[name] ?? {};
  return openTestCafe({
    s3: { conditions, quirks },
    env: {
      ...WITH_ADMIN,
      AWS_REGION: region,
      PUBLIC_IMAGE_BASE_URL: ORIGIN,
      DAILY_GENERATION_BUDGET: '1',
    },
  });
}

describe.each(Object.keys(S3_PROFILES))('a store like %s', (name) => {
  it('serves a page with its own picture, another with a fallback, and hides, restores and deletes', async () => {
    const cafe = await openOn(name);
    const own = await cafe.ask('/posts/own');
    expect([own.status, own.body.url]).toEqual([200, `${ORIGIN}/${OWN}`]);
    expect((await cafe.ask('/posts/other')).status).toBe(200);
    await cafe.cafe.servePageImage.finished();
    expect(cafe.openai.journal).toHaveLength(1);
    expect(cafe.s3.objects.get(OWN)?.metadata.source).toBe('generated');
    expect(cafe.s3.objects.get(FALLBACK)?.metadata.source).toBe('fallback');

    const admin = await openAdmin(cafe);
    const [image] = (await admin.get('/images')).body.items;
    const hidden = await admin.post(`/images/${image.id}/hide`);
    expect(hidden.body).toMatchObject({ pagesChanged: 2, pagesBusy: 0 });
    expect(cafe.pngs()).toEqual([]);
    expect((await admin.post(`/images/${image.id}/restore`)).status).toBe(200);
    expect(cafe.pngs()).not.toEqual([]);
    expect((await admin.delete(`/images/${image.id}`)).status).toBe(200);
    expect(cafe.pngs()).toEqual([]);
  });
});
