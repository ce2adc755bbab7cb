/** Installs the packages that only the benchmark needs, if `bench/node_modules` is missing or out of date. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bench = fileURLToPath(new URL('../bench/', import.meta.url));

/** Milliseconds since the epoch, 0 for a missing file. */
function changedAt(name: string): number {
  return statSync(bench + name, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

// npm writes the first of the two when it has installed everything.
if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) {
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: bench,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
