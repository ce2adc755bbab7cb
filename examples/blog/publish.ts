/**
 * Builds the blog into `Output/`, or the given folder, for any static host. Variables:
 *
 * - `BYTESIZED_CAFE_API_URL`: the cafe's origin or endpoint, http://localhost:8080 by default
 * - `SITE_URL`: the origin at which the blog will be, http://localhost:8000 by default
 */
import { fileURLToPath } from 'node:url';
import { buildSite } from './build-site.ts';
import { cafeApiAt, siteOrigin } from './site.ts';

const output = process.argv[2] ?? fileURLToPath(new URL('../../Output', import.meta.url));
const { BYTESIZED_CAFE_API_URL, SITE_URL } = process.env;

try {
  const site = {
    url: siteOrigin(SITE_URL || 'http://localhost:8000', 'SITE_URL'),
    api: cafeApiAt(BYTESIZED_CAFE_API_URL || 'http://localhost:8080', 'BYTESIZED_CAFE_API_URL'),
    development: false,
  };
  await buildSite(site, { output });
  process.stdout.write(
    `Built ${output} for ${site.url}, with pictures from ${site.api.endpoint}.\n`,
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
