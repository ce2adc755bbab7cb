import { createHash, randomUUID } from 'node:crypto';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, type FileSystemCalls, isUnsupported } from './calls.ts';
import type { DurableFiles } from './durable.ts';
import { whileLocked } from './lock.ts';

/** A condition that must hold when a file is moved into place. */
export type PlaceCondition =
  | { ifAbsent: true }
  /** Evaluated under a lock that all conditional moves respect. */
  | { holds: () => Promise<boolean> };

/** Far longer than any write takes. An older file was left by a process that crashed. */
const STALE_MS = 60 * 60 * 1000;
/** Network drives reject replacing a file that is being read. */
const BUSY = new Set(['EBUSY', 'ETXTBSY']);
const BUSY_PAUSE_MS = 50;
const MAX_MOVES = 20;

/** The folder where files are written before they are moved into place atomically. */
export class StagingFolder {
  readonly #path: string;
  readonly #calls: FileSystemCalls;
  readonly #durable: DurableFiles;
  #hasLinks = true;
  #swept: Promise<void> | undefined;

  /** @param path on the same file system as the targets; created when needed */
  constructor(path: string, calls: FileSystemCalls, durable: DurableFiles) {
    this.#path = path;
    this.#calls = calls;
    this.#durable = durable;
  }

  /**
   * Writes a file and moves it to `target` atomically, even if the process or the machine crashes.
   *
   * @returns `false` if the condition does not hold; then nothing is changed
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
      // After a rename, the file is gone. If this fails for another reason, a later sweep removes it.
      await unlink(file).catch(() => undefined);
    }
  }

  /** Deletes a file if the condition holds, under the lock that all conditional moves respect. */
  async remove(target: string, holds: () => Promise<boolean>): Promise<boolean> {
    await this.#durable.makeFolder(this.#path);
    return whileLocked(this.#lockOf(target), async (isHeld) => {
      if (!(await holds())) return false;
      if (!(await isHeld())) throw new Error('the lock was lost while the process was suspended');
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
      if (!(await isHeld())) throw new Error('the lock was lost while the process was suspended');
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
   * Creates a hard link at `target`.
   *
   * @returns `false` if a file exists there; `undefined` if the file system has no hard links
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

  /** Relative to the staging folder, so that processes with different mount points use the same lock. */
  #lockOf(target: string): string {
    const digest = createHash('sha256').update(relative(this.#path, target)).digest('hex');
    return join(this.#path, `${digest}.lock`);
  }

  /** Removes files left by crashed processes. Other processes may be writing. */
  async #sweep(): Promise<void> {
    const before = Date.now() - STALE_MS;
    const names = await readdir(this.#path).catch(() => []);
    for (const name of names) {
      const path = join(this.#path, name);
      try {
        if ((await lstat(path)).mtimeMs < before) await unlink(path);
      } catch {
        // Another process was faster. Any real problem also fails the next write.
      }
    }
  }
}

/** @throws Error if the path is a folder, which can never become a file */
async function isFile(path: string): Promise<boolean> {
  try {
    const stats = await lstat(path);
    if (!stats.isDirectory()) return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
  throw Object.assign(new Error(`${path} is a folder`), { code: 'EEXIST' });
}
