import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

/** Builds what is tested as browsers get it: once, for all tests, however they were started. */
export async function setup(): Promise<void> {
  const cwd = path.join(import.meta.dirname, '../..');
  await promisify(execFile)(process.execPath, ['scripts/build-missing.ts'], { cwd });
}
