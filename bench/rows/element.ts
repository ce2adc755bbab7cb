import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import type { Row } from '../finding.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const BUILT = path.join(ROOT, 'bytesized-cafe-app');

/** B15: what a page loads to have its picture, all in. */
export const element: Row = async () => {
  await promisify(execFile)(process.execPath, ['scripts/build-missing.ts'], { cwd: ROOT });
  const entry = await readFile(path.join(BUILT, 'cafe-image.js'), 'utf8');
  const imported = (await readdir(BUILT, { recursive: true })).filter(
    (name) => name.startsWith('assets/') && entry.includes(path.basename(name)),
  );
  const files = await Promise.all(
    ['cafe-image.js', ...imported].map((name) => readFile(path.join(BUILT, name))),
  );
  const sizes = await Promise.all(files.map((file) => promisify(brotliCompress)(file)));
  return [
    {
      row: 'B15',
      what: 'the element, everything included, in brotli',
      values: [sizes.reduce((sum, { length }) => sum + length, 0)],
      unit: 'bytes',
      goal: { atMost: 8000 },
      isGuarded: true,
      note: 'Lit alone, smallest element, is 5,451',
    },
  ];
};
