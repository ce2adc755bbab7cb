import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type FileSystemCalls, isUnsupported } from './calls.ts';

/** Only the service's own user may look: what is not public in a bucket is not in a folder either. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Brings files and folders to disk, as far as the file system can do that. */
export class DurableFiles {
  readonly #calls: FileSystemCalls;
  readonly #lacksFlush: () => void;

  /** @param lacksFlush hears, each time, that something could not be flushed */
  constructor(calls: FileSystemCalls, lacksFlush: () => void) {
    this.#calls = calls;
    this.#lacksFlush = lacksFlush;
  }

  /** Writes a new file of these parts; once resolved, it is on disk. */
  async writeFlushed(path: string, parts: Uint8Array[]): Promise<void> {
    const file = await this.#calls.open(path, 'wx', FILE_MODE);
    try {
      for (const part of parts) await file.writeFile(part);
      await this.#flush(() => this.#calls.flush(file));
    } finally {
      await file.close();
    }
  }

  /** Makes a folder and those above it, so that they outlive a crash of the machine. */
  async makeFolder(path: string): Promise<void> {
    const highest = await mkdir(path, { recursive: true, mode: FOLDER_MODE });
    if (highest === undefined) return;
    for (let made = path; made.length >= highest.length; made = dirname(made)) {
      await this.flushFolder(dirname(made));
    }
  }

  /** A folder's entries are on disk only when the folder is flushed as well. */
  async flushFolder(path: string): Promise<void> {
    if (process.platform === 'win32') return; // It cannot open folders.
    await this.#flush(async () => {
      const folder = await this.#calls.open(path, 'r');
      try {
        await this.#calls.flush(folder);
      } finally {
        await folder.close();
      }
    });
  }

  async #flush(flush: () => Promise<void>): Promise<void> {
    try {
      await flush();
    } catch (error) {
      if (!isUnsupported(error)) throw error;
      this.#lacksFlush();
    }
  }
}
