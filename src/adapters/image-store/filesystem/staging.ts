import { createHash, randomUUID } from 'node:crypto';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, type FileSystemCalls, isUnsupported } from './calls.ts';
import type { DurableFiles } from './durable.ts';
import { whileLocked } from './lock.ts';

/** What must be so at the moment in which a file is given its place. */
export type PlaceCondition =
  | { ifAbsent: true }
  /** As long as others place files under conditions like this one, it stays so. */
  | { holds: () => Promise<boolean> };

/** Far longer than any write takes: a file this old was left by a process that is gone. */
const STALE_MS = 60 * 60 * 1000;
/** Network drives refuse to replace a file that is just being read. */
const BUSY = new Set(['EBUSY', 'ETXTBSY']);
const BUSY_PAUSE_MS = 50;
const MAX_MOVES = 20;

/** Where files are written before they are moved, whole, to where they can be seen. */
export class StagingFolder {
  readonly #path: string;
  readonly #calls: FileSystemCalls;
  readonly #durable: DurableFiles;
  #hasLinks = true;
  #swept: Promise<void> | undefined;

  /** @param path on the same filesystem as everything that is placed; made when it is needed */
  constructor(path: string, calls: FileSystemCalls, durable: DurableFiles) {
    this.#path = path;
    this.#calls = calls;
    this.#durable = durable;
  }

  /**
   * Writes a file of these parts and gives it its place in one step, also if the process or the
   * machine stops at any moment. `false` where the condition does not hold; then nothing is changed.
   */
  async place(target: string, parts: Uint8Array[], condition?: PlaceCondition): Promise<boolean> {
    this.#swept ??= this.#sweep();
    await this.#swept;
    await this.#durable.makeFolder(this.#path);
    const file = join(this.#path, randomUUID());
    try {
      await this.#durable.writeFlushed(file, parts);
      await this.#durable.makeFolder(dirname(target));
      if (!(await this.#move(file, target, condition))) return false;
      await this.#durable.flushFolder(dirname(target));
      return true;
    } finally {
      // After a rename it is gone already; what cannot be removed now is swept another day.
      await unlink(file).catch(() => undefined);
    }
  }

  /** Removes a file if the condition holds, in one step with regard to others placed under a condition. */
  async remove(target: string, holds: () => Promise<boolean>): Promise<boolean> {
    await this.#durable.makeFolder(this.#path);
    return whileLocked(this.#lockOf(target), async (isHeld) => {
      if (!(await holds())) return false;
      if (!(await isHeld())) throw new Error('The lock was lost in a standstill');
      await unlink(target);
      await this.#durable.flushFolder(dirname(target));
      return true;
    });
  }

  async #move(file: string, target: string, condition?: PlaceCondition): Promise<boolean> {
    if (!condition) {
      await this.#rename(file, target);
      return true;
    }
    if ('holds' in condition) return this.#moveWhile(condition.holds, file, target);
    return (
      (await this.#linked(file, target)) ??
      this.#moveWhile(async () => !(await isFile(target)), file, target)
    );
  }

  async #moveWhile(holds: () => Promise<boolean>, file: string, target: string): Promise<boolean> {
    return whileLocked(this.#lockOf(target), async (isHeld) => {
      if (!(await holds())) return false;
      if (!(await isHeld())) throw new Error('The lock was lost in a standstill');
      await this.#rename(file, target);
      return true;
    });
  }

  async #rename(file: string, target: string): Promise<void> {
    for (let moves = 1; ; moves += 1) {
      try {
        await this.#calls.rename(file, target);
        return;
      } catch (error) {
        if (!BUSY.has(codeOf(error)) || moves === MAX_MOVES) throw error;
      }
      await sleep(BUSY_PAUSE_MS);
    }
  }

  /**
   * Gives a file a second name in one step; `false` where another file has it already, `undefined` where
   * the file system has no second names.
   */
  async #linked(file: string, target: string): Promise<boolean | undefined> {
    if (!this.#hasLinks) return undefined;
    try {
      await this.#calls.link(file, target);
      return true;
    } catch (error) {
      if (isUnsupported(error)) this.#hasLinks = false;
      else if (codeOf(error) !== 'EEXIST') throw error;
      else if (await isFile(target)) return false;
      return undefined;
    }
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

/** Whether a file has this name. A folder that has it keeps the name from ever being a file's. */
async function isFile(path: string): Promise<boolean> {
  try {
    const stats = await lstat(path);
    if (!stats.isDirectory()) return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
  throw Object.assign(new Error(`A folder has the name ${path}`), { code: 'EEXIST' });
}
