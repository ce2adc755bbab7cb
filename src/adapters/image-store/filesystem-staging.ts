import { createHash, randomUUID } from 'node:crypto';
import { link, lstat, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { flushFolder, makeFolder, writeFlushed } from './filesystem-durable.ts';
import { whileLocked } from './filesystem-lock.ts';

/** What must be so at the moment in which a file is given its place. */
export type PlaceCondition =
  | { ifAbsent: true }
  /** As long as others place files under conditions like this one, it stays so. */
  | { holds: () => Promise<boolean> };

/** Far longer than any write takes: a file this old was left by a process that is gone. */
const STALE_MS = 60 * 60 * 1000;

/** Where files are written before they are moved, whole, to where they can be seen. */
export class StagingFolder {
  readonly #path: string;
  #swept: Promise<void> | undefined;

  /** @param path on the same filesystem as everything that is placed; made when it is needed */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Writes a file of these parts and gives it its place in one step, also if the process or the
   * machine stops at any moment. `false` where the condition does not hold; then nothing is changed.
   */
  async place(target: string, parts: Uint8Array[], condition?: PlaceCondition): Promise<boolean> {
    this.#swept ??= this.#sweep();
    await this.#swept;
    await makeFolder(this.#path);
    const file = join(this.#path, randomUUID());
    try {
      await writeFlushed(file, parts);
      await makeFolder(dirname(target));
      if (!(await this.#move(file, target, condition))) return false;
      await flushFolder(dirname(target));
      return true;
    } finally {
      // After a rename it is gone already; what cannot be removed now is swept another day.
      await unlink(file).catch(() => undefined);
    }
  }

  async #move(file: string, target: string, condition?: PlaceCondition): Promise<boolean> {
    if (condition && 'ifAbsent' in condition) return linked(file, target);
    if (!condition) {
      await rename(file, target);
      return true;
    }
    return whileLocked(this.#lockOf(target), async (isHeld) => {
      if (!(await condition.holds())) return false;
      if (!(await isHeld())) throw new Error('The lock was lost in a standstill');
      await rename(file, target);
      return true;
    });
  }

  /** The same for every process, wherever it sees the folder. */
  #lockOf(target: string): string {
    const digest = createHash('sha256').update(relative(this.#path, target)).digest('hex');
    return join(this.#path, `${digest}.lock`);
  }

  /** Removes what killed processes have left; others may be writing. */
  async #sweep(): Promise<void> {
    const before = Date.now() - STALE_MS;
    const names = await readdir(this.#path).catch(() => []);
    for (const name of names) {
      const path = join(this.#path, name);
      try {
        if ((await lstat(path)).mtimeMs < before) await unlink(path);
      } catch {
        // Another process was faster, or it cannot be removed: a write will meet what is wrong.
      }
    }
  }
}

/** Gives a file a second name in one step; `false` where another file has it already. */
async function linked(file: string, target: string): Promise<boolean> {
  try {
    await link(file, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const stats = await lstat(target).catch(() => undefined);
    if (stats?.isDirectory()) throw error;
    return false;
  }
}
