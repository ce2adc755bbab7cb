import { constants } from 'node:fs';
import { type FileHandle, lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectHead, StoredObject } from '../../../domain/storage/object-store.ts';
import { codeOf, type FileSystemCalls } from './calls.ts';
import { etagOf, guessTrailer, MAX_TRAILER_BYTES, parseTrailer, type Trailer } from './format.ts';

/** A file of a network drive may be replaced between being found and being read. */
const MAX_READS = 3;

/** The files of a folder as objects, to be read. Fails with what the system says. */
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
   * Whether a folder on the way to a key is a symbolic link, which might lead out of the root. It is
   * asked before the key is used, so it does not protect from others who change the folders meanwhile.
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
   * A piece of an object's bytes and what its file is known by; `undefined` where that is not the one
   * known before. The file is open for no longer, however slow the reader is.
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

  /** Bytes of the object, without a look at more than its file's end. */
  sizeOf(key: string): Promise<number | undefined> {
    return this.#reading(
      key,
      async (file, fileBytes) => (await readTrailer(file, fileBytes))?.size ?? fileBytes,
    );
  }

  /** Whether `error` only says that there is no object, and not that there is no store. */
  async isMissing(error: unknown): Promise<boolean> {
    switch ((error as NodeJS.ErrnoException | undefined)?.code) {
      case 'ENOENT': // nothing there
      case 'EISDIR': // a folder
      case 'ELOOP': // a symbolic link
        return true;
      case 'ENOTDIR': // an object where the key has a folder, or where the root should be
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

  /** Calls `read` with the object's open file: whatever is moved there meanwhile, it stays one file. */
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
