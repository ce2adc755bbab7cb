import { randomInt, randomUUID } from 'node:crypto';
import { open, readFile, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './calls.ts';

/** Far longer than anybody needs a lock: one that stays the same for so long was left by a dead process. */
const ABANDONED_MS = 5_000;
/** Longer than it takes to get a lock that was abandoned. */
const MAX_WAIT_MS = 20_000;

/**
 * Runs while no one else does that was given the same path, among all processes that see the folder.
 * The lock is a file with the id of its holder in it, so it outlives its process, and others take it away
 * once they have seen it unchanged for some seconds. They judge by their own clocks: times of files are
 * coarse on some file systems, and those of a network drive are told by another machine's clock.
 *
 * @param path in a folder that is there; nothing else may use it
 * @param run is told, before it does what cannot be undone, whether the lock was taken away because
 *   this process had stood still for too long
 * @param abandonedMs after which a lock that does not change is taken away
 * @throws where others hold the lock for too long
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
    // If it cannot be removed, it is taken away like any that is abandoned.
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
  throw new Error(`Others hold ${path}`);
}

async function removeAbandoned(path: string, holder: string): Promise<void> {
  // Of all who find it, only the one that adds a file named after it may remove it; the others could
  // hit the lock of whoever came next.
  const leave = `${path}.${holder || 'unnamed'}`;
  if (!(await added(leave, holder))) return;
  try {
    if ((await holderOf(path)) === holder) await unlink(path);
  } finally {
    await unlink(leave);
  }
}

/** Adds a file with the holder's id; `false` where there is one. */
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

/** Empty for a lock whose holder has not written its id yet; `undefined` where there is none. */
async function holderOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
