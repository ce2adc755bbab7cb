/** Builds the files for browsers if they are missing or older than their sources; with `--all`, always. */
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const BUILDS = [
  {
    built: 'bytesized-cafe-app/cafe-image.js',
    sources: ['embed', 'tsconfig.embed.json', 'vite.embed.config.ts'],
    build: buildElement,
  },
  {
    built: 'dist/admin/index.html',
    sources: ['admin', 'vite.admin.config.ts'],
    build: buildAdminPage,
  },
  { built: 'dist/site/index.html', sources: ['examples/blog'], build: buildBlog },
  {
    built: 'dist/database/template.tar.gz',
    sources: ['src/adapters/postgres/migrate.ts', 'src/adapters/postgres/migrations'],
    build: buildDatabase,
  },
];

// The files are the same for every build, tests included.
process.env.NODE_ENV = 'production';

const isAll = process.argv.includes('--all');

for (const { built, sources, build } of BUILDS) {
  const newestSource = newest(sources.map((name) => join(root, name)));
  if (!isAll && changedAt(join(root, built)) >= newestSource) continue;
  const started = performance.now();
  await build();
  console.log(`Built ${dirname(built)} in ${Math.round(performance.now() - started)} ms.`);
}

async function buildElement(): Promise<void> {
  const { build } = await import('vite');
  await build({ configFile: join(root, 'vite.embed.config.ts'), logLevel: 'error' });
}

async function buildAdminPage(): Promise<void> {
  const { build } = await import('vite');
  await build({ configFile: join(root, 'vite.admin.config.ts'), logLevel: 'error' });
}

/** Includes the bar for development. Absolute URLs, as in its feed, use the default port. */
async function buildBlog(): Promise<void> {
  const { buildSite } = await import('../examples/blog/build-site.ts');
  const { cafeApiAt } = await import('../examples/blog/site.ts');
  const url = 'http://localhost:8080';
  const site = { url, api: cafeApiAt(url, 'the address'), development: true };
  await buildSite(site, { output: join(root, 'dist/site') });
}

async function buildDatabase(): Promise<void> {
  const { buildDatabaseTemplate } = await import('./build-database-template.ts');
  await buildDatabaseTemplate(join(root, 'dist/database/template.tar.gz'));
}

function newest(paths: readonly string[]): number {
  return Math.max(
    ...paths.map((path) => {
      const entries = statSync(path).isDirectory() ? readdirSync(path) : [];
      return Math.max(changedAt(path), ...entries.map((entry) => newest([join(path, entry)])));
    }),
  );
}

/** Milliseconds since the epoch; 0 for a missing file. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
