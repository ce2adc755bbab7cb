/**
 * The cafe with so many known pages: `PAGES` of them are asked for before it listens, of a store that
 * has them all. Writes how many bytes each takes to stderr, as JSON.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { loadConfig } from '../src/app/config/config.ts';
import { openCafe } from '../src/app/container/container.ts';
import { createCafeServer } from '../src/app/server.ts';
import { PageLookup } from '../src/domain/cafe/response-cache/response-cache.ts';
import { countryByCode } from '../src/domain/countries/country.ts';
import { pictureLabels } from '../src/domain/images/image-labels.ts';
import { pageAt } from '../src/domain/pages/page.ts';
import { RENDITION_WIDTHS } from '../src/domain/storage/image-keys.ts';
import { pagePath } from './request.ts';

/** Of a picture of usual colours. */
const THUMBHASH_BYTES = 21;

const pages = Number(process.env.PAGES);
const visitor = { address: undefined, header: () => undefined };
const asker = { isBot: false, token: undefined };

const cafe = await openCafe(
  loadConfig({
    ...process.env,
    NODE_ENV: 'production',
    IMAGE_STORE: 'memory',
    PUBLIC_IMAGE_BASE_URL: 'https://pictures.s3.eu-west-3.amazonaws.com',
    IMAGE_GENERATOR: 'sketch',
    GEO_LOCATOR: 'fixed',
    GEO_FIXED_COUNTRY: 'FR',
    PAGE_CACHE_TTL_SECONDS: '600',
    PAGE_CACHE_MAX_PAGES: String(pages),
  }),
);
const country = countryByCode('FR');
cafe.store.head = async (key) => ({ key, size: 2_000_000, etag: '"x"', ...labelsOfAPicture() });

await cafe.servePageImage.serve(new PageLookup(pageAt('/first', 'article')), visitor, asker);
const before = bytesInUse();
for (let page = 0; page < pages; page += 1) {
  await cafe.servePageImage.serve(
    new PageLookup(pageAt(pagePath(page), 'article')),
    visitor,
    asker,
  );
}
const bytesPerPage = (bytesInUse() - before) / pages;
process.stderr.write(`${JSON.stringify({ bytesPerPage })}\n`);
const { server } = createCafeServer(cafe);
server.listen(cafe.config.port, cafe.config.host);

/** As a real one has them, which shares nothing with others. */
function labelsOfAPicture() {
  const of = { day: '2026/11/21', id: randomUUID(), country } as const;
  const thumbhash = randomBytes(THUMBHASH_BYTES).toString('base64');
  const renditions = { of, widths: RENDITION_WIDTHS, thumbhash };
  const { metadata = {}, ...labels } = pictureLabels(
    { country: country?.code, width: 1024, height: 1024, model: 'gpt-image-1.5', renditions },
    { generation: of.id, revision: undefined },
  );
  return { ...labels, metadata };
}

function bytesInUse(): number {
  if (!globalThis.gc) throw new Error('Needs node --expose-gc');
  // What the first one finds garbage may have kept more of it alive.
  for (let n = 0; n < 2; n += 1) globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
