import { randomInt, randomUUID } from 'node:crypto';
import { open, readFile, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './calls.ts';

/** Far longer than a lock is needed. A lock that does not change for so long belongs to a dead process. */
const ABANDONED_MS = 5_000;
/** Longer than it takes to take over an abandoned lock. */
const MAX_WAIT_MS = 20_000;

/**
 * Runs a function while holding a lock that all processes with access to the folder respect.
 *
 * The lock is a file with the ID of its holder. If the holder crashes, other processes remove the lock
 * once they have seen it unchanged for some seconds. They use their own clocks, because file times are
 * coarse on some file systems, and come from another machine on network drives.
 *
 * @param path in an existing folder; nothing else may use it
 * @param run must call `isHeld` before an irreversible step: the lock may be lost if this process was
 *   suspended for too long
 * @param abandonedMs when an unchanged lock counts as abandoned
 * @throws Error if other processes hold the lock for too long
 */
export async function whileLocked<T>(
  path: string,
  run: (isHeld: () => Promise<boolean>) => Promise<T>,
  abandonedMs = ABANDONED_MS,
): Promise<T> {
  const own = await take(path, abandonedMs);
  const isHeld = async () => (await holderOf(path)) === own;
  try {
    return await run(isHeld);
  } finally {
    // If this fails, other processes remove the lock as abandoned.
    if (await isHeld()) await unlink(path).catch(() => undefined);
  }
}

async function take(path: string, abandonedMs: number): Promise<string> {
  const own = randomUUID();
  const giveUpAt = performance.now() + MAX_WAIT_MS;
  let seen: { holder: string; since: number } | undefined;
  while (performance.now() < giveUpAt) {
    if (await added(path, own)) return own;
    const holder = await holderOf(path);
    if (holder === undefined || holder !== seen?.holder) {
      seen = holder === undefined ? undefined : { holder, since: performance.now() };
    } else if (performance.now() - seen.since >= abandonedMs) {
      await removeAbandoned(path, holder);
      seen = undefined;
    }
    await sleep(randomInt(2, 20));
  }
  throw new Error(`another process holds the lock ${path}`);
}

async function removeAbandoned(path: string, holder: string): Promise<void> {
  // Only the process that creates this second file may remove the lock. Otherwise two processes might
  // remove it, and the second one would remove the lock of the next holder.
  const permit = `${path}.${holder || 'unnamed'}`;
  if (!(await added(permit, holder))) return;
  try {
    if ((await holderOf(path)) === holder) await unlink(path);
  } finally {
    await unlink(permit);
  }
}

/** Creates a file with the holder's ID; `false` if it exists. */
async function added(path: string, holder: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(holder);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The holder's ID; empty if it is not written yet; `undefined` if there is no lock. */
async function holderOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
