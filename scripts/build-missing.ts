/** Builds the demo blog into `dist/site` if it is missing or older than its sources. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = join(root, 'dist/site');
const sources = [join(root, 'examples/blog'), join(root, 'bytesized-cafe-app')];

if (changedAt(join(output, 'index.html')) < newest(sources)) {
  const started = performance.now();
  const { buildSite } = await import('../examples/blog/build-site.ts');
  const url = `http://localhost:${process.env.PORT || 8080}`;
  const api = { base: url, endpoint: `${url}/api/cafe/generate` };
  await buildSite({ url, api, development: true }, { output });
  console.log(`Built dist/site in ${Math.round(performance.now() - started)} ms.`);
}

function newest(paths: readonly string[]): number {
  return Math.max(
    ...paths.map((path) => {
      const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
      const entries = isFolder ? readdirSync(path) : [];
      return Math.max(changedAt(path), ...entries.map((entry) => newest([join(path, entry)])));
    }),
  );
}

/** Milliseconds since the epoch, 0 for a file that is not there. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
