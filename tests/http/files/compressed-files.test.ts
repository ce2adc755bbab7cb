import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { readCompressedFiles } from '../../../src/app/http/files/compressed-files.ts';

it('compresses a file once, when it is first asked for', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-compressed-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(path.join(folder, 'entry.js'), 'export {};');
  const file = (await readCompressedFiles(folder, '/app')).get('/app/entry.js');
  const [first, second] = await Promise.all([file?.brotli(), file?.brotli()]);
  expect(brotliDecompressSync(first ?? Buffer.of()).toString()).toBe('export {};');
  expect(second).toBe(first);
});
