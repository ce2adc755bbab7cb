import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process uses the folder. */
export class FolderInUse extends Error {
  /** The id of that process; `undefined` if it has not written it down yet. */
  readonly pid: number | undefined;

  constructor(folder: string, pid: number | undefined) {
    super(`${folder} is in use by ${pid ? `process ${pid}` : 'another process'}`);
    this.name = 'FolderInUse';
    this.pid = pid;
  }
}

/** The right to open the database in a folder, for one process at a time. */
export interface FolderLock {
  release(): void;
}

/**
 * Locks a folder for this process. If the folder is missing, creates it, readable only for its
 * owner. The lock is the operating system's lock on a SQLite file: the operating system releases it
 * when the process ends, even after a crash. No process takes a lock over because it is old. Two
 * processes with one folder would destroy the database.
 *
 * @throws FolderInUse
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pidFile = join(folder, 'lock.pid');
  const lock = new DatabaseSync(join(folder, 'lock'));
  try {
    lock.exec('pragma busy_timeout = 0; pragma locking_mode = exclusive; begin exclusive');
  } catch (error) {
    lock.close();
    if (isLocked(error)) throw new FolderInUse(folder, readPid(pidFile));
    throw error;
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return { release: () => lock.close() };
}

/** SQLITE_BUSY and SQLITE_LOCKED, with or without an extended code. */
function isLocked(error: unknown): boolean {
  const { errcode } = error as { errcode?: number };
  return errcode !== undefined && [5, 6].includes(errcode & 0xff);
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
