/** Builds what browsers get, if it is missing or older than its sources. */
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const BUILDS = [
  { config: 'vite.config.ts', sources: ['demo'], built: 'dist/demo/index.html' },
  {
    config: 'vite.element.config.ts',
    sources: ['element', 'tsconfig.element.json'],
    built: 'bytesized-cafe-app/cafe-image.js',
  },
];

// What browsers get is one and the same whoever builds it, tests included.
process.env.NODE_ENV = 'production';

for (const { config, sources, built } of BUILDS) {
  const inputs = [config, ...sources].map((name) => join(root, name));
  if (changedAt(join(root, built)) >= newest(inputs)) continue;
  const started = performance.now();
  const { build } = await import('vite');
  await build({ configFile: join(root, config), logLevel: 'error' });
  console.log(`Built ${dirname(built)} in ${Math.round(performance.now() - started)} ms.`);
}

function newest(paths: readonly string[]): number {
  return Math.max(
    ...paths.map((path) => {
      const entries = statSync(path).isDirectory() ? readdirSync(path) : [];
      return Math.max(changedAt(path), ...entries.map((entry) => newest([join(path, entry)])));
    }),
  );
}

/** Milliseconds since the epoch, 0 for a file that is not there. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
