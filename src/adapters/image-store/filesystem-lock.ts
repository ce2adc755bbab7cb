import { randomInt } from 'node:crypto';
import { lstat, open, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Far longer than anybody needs a lock: a file this old was left by a process that is gone. */
const ABANDONED_MS = 5_000;
/** Longer than it takes to get a lock that was abandoned. */
const MOST_WAIT_MS = 20_000;

/**
 * Runs while nobody else does that was given the same path, among all processes that see the folder.
 * The lock is a file, so it outlives its process, and others take it away after some seconds.
 *
 * @param path in a folder that is there; nothing else may use it
 * @param run is told, before it does what cannot be undone, whether the lock was taken away because
 *   this process had stood still for too long
 * @throws where others hold the lock for too long
 */
export async function whileLocked<T>(
  path: string,
  run: (isHeld: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const own = await take(path);
  const isHeld = async () => (await fileAt(path))?.id === own;
  try {
    return await run(isHeld);
  } finally {
    // If it cannot be removed, it is taken away like any that is abandoned.
    if (await isHeld()) await unlink(path).catch(() => undefined);
  }
}

async function take(path: string): Promise<string> {
  const giveUpAt = performance.now() + MOST_WAIT_MS;
  while (performance.now() < giveUpAt) {
    const own = await added(path);
    if (own !== undefined) return own;
    await removeAbandoned(path);
    await sleep(randomInt(2, 20));
  }
  throw new Error(`Others hold ${path}`);
}

async function removeAbandoned(path: string): Promise<void> {
  const found = await fileAt(path);
  if (!found || Date.now() - found.writtenMs < ABANDONED_MS) return;
  // Of all who find it, only the one that adds a file named after it may remove it; the others could
  // hit the lock of whoever came next.
  const leave = `${path}.${found.id}`;
  if ((await added(leave)) === undefined) return;
  try {
    if ((await fileAt(path))?.id === found.id) await unlink(path);
  } finally {
    await unlink(leave);
  }
}

/** Adds an empty file and tells which; `undefined` where there is one. */
async function added(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      return idOf(await file.stat({ bigint: true }));
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
}

async function fileAt(path: string): Promise<{ id: string; writtenMs: number } | undefined> {
  try {
    const stats = await lstat(path, { bigint: true });
    return { id: idOf(stats), writtenMs: Number(stats.mtimeMs) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Tells a file from others that had or will have its name. */
function idOf({ ino, mtimeNs }: { ino: bigint; mtimeNs: bigint }): string {
  return `${ino}-${mtimeNs}`;
}
