/** Builds the pages under `dist/` that are missing or older than their sources. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const config = join(root, 'vite.config.ts');

if (changedAt(join(root, 'dist/demo/index.html')) < newest([join(root, 'demo'), config])) {
  const started = performance.now();
  const { build } = await import('vite');
  await build({ configFile: config, logLevel: 'error' });
  console.log(`Built dist/demo in ${Math.round(performance.now() - started)} ms.`);
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
