/**
 * The cafe with so many known pages: `PAGES` of them are asked for before it listens, of a store that
 * has them all. Writes how many bytes each takes to stderr, as JSON.
 */
import { loadConfig } from '../src/app/config.ts';
import { openCafe } from '../src/app/container.ts';
import { createCafeServer } from '../src/app/server.ts';
import { countryByCode } from '../src/domain/country.ts';
import { pageAt } from '../src/domain/page.ts';
import { pictureLabels } from '../src/domain/page-image.ts';
import { pagePath } from './request.ts';

const pages = Number(process.env.PAGES);
const visitor = { address: undefined, header: () => undefined };

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
const labels = pictureLabels(
  { country: countryByCode('FR')?.code, width: 1024, height: 1024, renditions: undefined },
  { generation: '0f8fad5b-d9cb-469f-a165-70867728950e', revision: undefined },
);
// As S3's answers do, each brings a metadata of its own.
cafe.store.head = async (key) => ({
  ...{ key, size: 2_000_000, etag: '"x"', ...labels },
  metadata: { ...labels.metadata },
});

await cafe.servePageImage.serve(pageAt('/first', 'article'), visitor);
const before = bytesInUse();
for (let page = 0; page < pages; page += 1) {
  await cafe.servePageImage.serve(pageAt(pagePath(page), 'article'), visitor);
}
const bytesPerPage = (bytesInUse() - before) / pages;
process.stderr.write(`${JSON.stringify({ bytesPerPage })}\n`);
const { server } = createCafeServer(cafe);
server.listen(cafe.config.port, cafe.config.host);

function bytesInUse(): number {
  if (!globalThis.gc) throw new Error('Needs node --expose-gc');
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
