import type { TestCafe } from './open-test-cafe.ts';

/**
 * Puts copies of what a page shows under the keys of further pages, `{path}-0` and so on, each with the
 * note that the service writes before it copies.
 */
export function seedCopies({ s3 }: TestCafe, { of, count }: { of: string; count: number }): void {
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
