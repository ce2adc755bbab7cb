import { constants } from 'node:fs';
import { type FileHandle, lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectHead, StoredObject } from '../../../domain/storage/object-store.ts';
import { codeOf, type FileSystemCalls } from './calls.ts';
import { etagOf, guessTrailer, MAX_TRAILER_BYTES, parseTrailer, type Trailer } from './format.ts';

/** On a network drive, a file may be replaced between open and read. */
const MAX_READS = 3;

/** Reads the files of a folder as objects. Throws the errors of the system. */
export class ObjectFiles {
  readonly #root: string;
  readonly #calls: FileSystemCalls;

  constructor(root: string, calls: FileSystemCalls) {
    this.#root = root;
    this.#calls = calls;
  }

  pathOf(key: string): string {
    return join(this.#root, key);
  }

  /**
   * Whether a folder in a key's path is a symbolic link, which might lead out of the root. This does not
   * protect against other processes that change folders between the check and the use.
   */
  async leadsElsewhere(key: string): Promise<boolean> {
    const segments = key.split('/').slice(0, -1);
    const folders = segments.map((_, n) => this.pathOf(segments.slice(0, n + 1).join('/')));
    const stats = await Promise.all(folders.map((path) => lstat(path).catch(() => undefined)));
    return stats.some((each) => each?.isSymbolicLink());
  }

  head(key: string): Promise<ObjectHead | undefined> {
    return this.#reading(key, async (file, fileBytes) => {
      return headFrom(
        key,
        (await readTrailer(file, fileBytes)) ?? (await guessed(key, file, fileBytes)),
      );
    });
  }

  get(key: string): Promise<StoredObject | undefined> {
    return this.#reading(key, async (file, fileBytes) => {
      const content = await file.readFile();
      const stated = parseTrailer(content, content.byteLength);
      const trailer = stated ?? (await guessed(key, file, fileBytes));
      return { ...headFrom(key, trailer), bytes: content.subarray(0, trailer.size) };
    });
  }

  /**
   * Reads a piece of an object, with an identifier of its file; `undefined` if the file has changed. The
   * file is closed after each piece, so a slow reader does not keep it open.
   */
  piece(
    key: string,
    { from, length, known }: { from: number; length: number; known: string | undefined },
  ): Promise<{ bytes: Uint8Array; known: string } | undefined> {
    return this.#reading(key, async (file) => {
      const { ino, mtimeNs } = await file.stat({ bigint: true });
      const found = `${ino}-${mtimeNs}`;
      if (known !== undefined && found !== known) return undefined;
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, from);
      return bytesRead === length ? { bytes, known: found } : undefined;
    });
  }

  /** The size of the object. Reads only the end of its file. */
  sizeOf(key: string): Promise<number | undefined> {
    return this.#reading(
      key,
      async (file, fileBytes) => (await readTrailer(file, fileBytes))?.size ?? fileBytes,
    );
  }

  /** Whether `error` means that the object is missing, rather than the store. */
  async isMissing(error: unknown): Promise<boolean> {
    switch ((error as NodeJS.ErrnoException | undefined)?.code) {
      case 'ENOENT': // no such file
      case 'EISDIR': // a folder
      case 'ELOOP': // a symbolic link
        return true;
      case 'ENOTDIR': // a file in place of a folder of the key, or of the root
        return (await stat(this.#root)).isDirectory();
      default:
        return false;
    }
  }

  async #reading<T>(
    key: string,
    read: (file: FileHandle, fileBytes: number) => Promise<T>,
  ): Promise<T | undefined> {
    for (let reads = 1; ; reads += 1) {
      try {
        return await this.#readOnce(key, read);
      } catch (error) {
        if (codeOf(error) !== 'ESTALE' || reads === MAX_READS) throw error;
      }
    }
  }

  /** Calls `read` with the open file, which stays the same even if the path is replaced meanwhile. */
  async #readOnce<T>(
    key: string,
    read: (file: FileHandle, fileBytes: number) => Promise<T>,
  ): Promise<T | undefined> {
    if (await this.leadsElsewhere(key)) return undefined;
    let file: FileHandle;
    try {
      file = await this.#calls.open(this.pathOf(key), constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      if (await this.isMissing(error)) return undefined;
      throw error;
    }
    try {
      const stats = await file.stat();
      return stats.isFile() ? await read(file, stats.size) : undefined;
    } finally {
      await file.close();
    }
  }
}

function headFrom(key: string, { labels, etag, size }: Trailer): ObjectHead {
  return { ...labels, metadata: labels.metadata ?? {}, key, etag, size };
}

async function readTrailer(file: FileHandle, fileBytes: number): Promise<Trailer | undefined> {
  const length = Math.min(fileBytes, MAX_TRAILER_BYTES);
  const end = Buffer.alloc(length);
  const { bytesRead } = await file.read(end, 0, length, fileBytes - length);
  return bytesRead === length ? parseTrailer(end, fileBytes) : undefined;
}

async function guessed(key: string, file: FileHandle, size: number): Promise<Trailer> {
  const bytes = file.createReadStream({ start: 0, autoClose: false });
  return guessTrailer(key, { etag: await etagOf(bytes), size });
}
