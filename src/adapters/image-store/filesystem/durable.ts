import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type FileSystemCalls, isUnsupported } from './calls.ts';

/** Only the service's user may read the files, as in a private bucket. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Writes files and folders durably, as far as the file system supports it. */
export class DurableFiles {
  readonly #calls: FileSystemCalls;
  readonly #lacksFlush: () => void;

  /** @param lacksFlush called each time the file system cannot flush */
  constructor(calls: FileSystemCalls, lacksFlush: () => void) {
    this.#calls = calls;
    this.#lacksFlush = lacksFlush;
  }

  /** Writes a new file, and resolves once it is on disk. */
  async writeFlushed(path: string, parts: Uint8Array[]): Promise<void> {
    const file = await this.#calls.open(path, 'wx', FILE_MODE);
    try {
      for (const part of parts) await file.writeFile(part);
      await this.#flush(() => this.#calls.flush(file));
    } finally {
      await file.close();
    }
  }

  /** Creates a folder and its parents, so that they survive a crash of the machine. */
  async makeFolder(path: string): Promise<void> {
    const highest = await mkdir(path, { recursive: true, mode: FOLDER_MODE });
    if (highest === undefined) return;
    for (let made = path; made.length >= highest.length; made = dirname(made)) {
      await this.flushFolder(dirname(made));
    }
  }

  /** Flushing a file does not flush its entry in the folder. */
  async flushFolder(path: string): Promise<void> {
    if (process.platform === 'win32') return; // Windows cannot open folders.
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
