import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { openAdmin, WITH_ADMIN } from './admin-caller.ts';
import { openTestCafe, type TestCafe } from './open-test-cafe.ts';
import type { ConditionHandling } from './s3-conditions.ts';

/** Enough for an act to go on behind its answer. */
export const MANY = 100;
export const COPY_DELETED = { operation: 'delete', key: /page-cache.*copied/ } as const;

/**
 * A blog on which a picture is shown on its own page, on `/posts/copied` and on its copies,
 * `/posts/copied-0` and so on. Another picture is in the pool, and no budget is left.
 */
export async function openCopiedBlog({
  copies = MANY,
  conditions = {},
  env = {},
}: {
  copies?: number;
  conditions?: Partial<ConditionHandling>;
  env?: Record<string, string>;
} = {}) {
  const cafe = await openTestCafe({
    s3: { conditions },
    env: { ...WITH_ADMIN, DAILY_GENERATION_BUDGET: '1', PAGE_CACHE_TTL_SECONDS: '600', ...env },
  });
  const admin = await openAdmin(cafe);
  await cafe.ask('/posts/own');
  await cafe.ask('/posts/copied');
  const [image] = (await admin.get('/images?page=own')).body.items;
  seedCopies(cafe, { of: '/posts/copied', count: copies });
  const other = `generated/v2/2026/01/01/${randomUUID()}-france.png`;
  cafe.s3.seed(other, 'another');
  cafe.cafe.pool.add(other);
  const path = `/images/${image.id}`;
  return {
    cafe,
    admin,
    other,
    id: image.id as string,
    hide: () => admin.post(`${path}/hide`),
    restore: () => admin.post(`${path}/restore`),
    erase: () => admin.delete(path),
    /** The last act on the picture, once it is over. */
    ended: async () => {
      const lastAct = async () => (await admin.get('/activity?limit=1')).body.items[0];
      await expect.poll(lastAct).not.toMatchObject({ outcome: 'begun' });
      return (await admin.get(path)).body.act;
    },
  };
}

/** Holds every such call back until the answer is called. */
export function holdAll({ s3 }: TestCafe, pattern: Parameters<typeof s3.fault>[0]): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  s3.fault(pattern, { kind: 'wait', until: promise }, 10_000);
  return resolve;
}

/**
 * Puts copies of what a page shows under the keys of further pages, `{path}-0` and so on, each with the
 * note that the service writes before it copies.
 */
function seedCopies({ s3 }: TestCafe, { of, count }: { of: string; count: number }): void {
  const page = `generated/v2/page-cache/article${of}-france.png`;
  const copied = s3.objects.get(page);
  const { generation } = copied?.metadata ?? {};
  const noteKey = `records/shown/${generation}/article${of}-france.json`;
  const note = s3.objects.get(noteKey);
  if (!copied || !note) throw new Error(`${of} shows no copy`);
  const placement = JSON.parse(Buffer.from(note.bytes).toString());
  for (let n = 0; n < count; n += 1) {
    const path = `${of}-${n}`;
    const content = { ...placement, page: { ...placement.page, path } };
    s3.seed(noteKey.replace(`${of}-france`, `${path}-france`), JSON.stringify(content), {
      contentType: 'application/json',
    });
    s3.seed(page.replace(`${of}-france`, `${path}-france`), copied.bytes, copied);
  }
}
