import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(import.meta.dirname, '../..');

/** Builds what browsers get, once before all tests and not by several of them at a time. */
export async function setup(): Promise<void> {
  await promisify(execFile)(process.execPath, ['scripts/build-missing.ts'], { cwd: ROOT });
}
