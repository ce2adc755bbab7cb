import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Whether this process may mount a small disk of its own. */
export function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

/** A disk in memory, gone with the test. */
export async function mountedDisk(options: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'cafe-disk-'));
  onTestFinished(() => rm(root, { recursive: true }));
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', root]);
  onTestFinished(() => void execFileSync('umount', [root]));
  return root;
}
