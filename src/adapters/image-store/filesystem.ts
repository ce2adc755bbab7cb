import { constants, type Dirent } from 'node:fs';
import { type FileHandle, lstat, open, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CafeError } from '../../domain/errors.ts';
import { assertObjectKey, isObjectKey, urlForKey } from '../../domain/object-key.ts';
import { assertObjectLabels } from '../../domain/object-labels.ts';
import type { ImageStore } from '../../domain/ports/image-store.ts';
import type {
  ListedObject,
  ListOptions,
  ObjectHead,
  ObjectLabels,
  StoredObject,
} from '../../domain/ports/object-store.ts';
import { flushFolder } from './filesystem-durable.ts';
import {
  formatTrailer,
  guessTrailer,
  MOST_TRAILER_BYTES,
  parseTrailer,
  type Trailer,
} from './filesystem-format.ts';
import { StagingFolder } from './filesystem-staging.ts';

export interface FilesystemImageStoreOptions {
  /** The folder of the objects; made by the first write where it is missing. */
  root: string;
  /** Where the objects can be loaded from, without a slash at the end. */
  publicBaseUrl: string;
}

/** Below the root, because a file cannot be moved to another disk in one step. */
const STAGING_FOLDER = '.tmp';
/** How many files a listing looks into at once. */
const LOOKAHEAD = 32;

/**
 * Keeps every object in a file of its own, under its key, with its labels behind its bytes.
 *
 * A file is written elsewhere, flushed and then moved into place, so neither a reader nor a crash at
 * any moment meets half of one, and several processes may share a root. A file that somebody put
 * there by hand is an object too. Where the filesystem knows no difference between upper and lower
 * case, neither do the keys; an object and a folder cannot have one name; symbolic links are not
 * objects; and a folder stays when its last object goes.
 */
export class FilesystemImageStore implements ImageStore {
  readonly #root: string;
  readonly #staging: StagingFolder;
  readonly #publicBaseUrl: string;

  constructor({ root, publicBaseUrl }: FilesystemImageStoreOptions) {
    this.#root = resolve(root);
    this.#staging = new StagingFolder(join(this.#root, STAGING_FOLDER));
    this.#publicBaseUrl = publicBaseUrl;
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    assertObjectKey(key);
    return answered(() =>
      this.#reading(key, async (file, fileBytes) => {
        const trailer = await readTrailer(file, fileBytes);
        return headFrom(key, trailer ?? guessTrailer(key, await file.readFile()));
      }),
    );
  }

  async get(key: string): Promise<StoredObject | undefined> {
    assertObjectKey(key);
    return answered(() =>
      this.#reading(key, async (file) => {
        const content = await file.readFile();
        const trailer = parseTrailer(content, content.byteLength) ?? guessTrailer(key, content);
        return { ...headFrom(key, trailer), bytes: content.subarray(0, trailer.size) };
      }),
    );
  }

  async put(
    key: string,
    bytes: Uint8Array,
    labels: ObjectLabels,
    { ifAbsent = false }: { ifAbsent?: boolean } = {},
  ): Promise<'stored' | 'exists'> {
    assertObjectKey(key);
    assertObjectLabels(labels);
    return answered(() => this.#place(key, bytes, labels, ifAbsent));
  }

  async copy(from: string, to: string, labels: ObjectLabels): Promise<boolean> {
    assertObjectKey(to);
    assertObjectLabels(labels);
    const source = await this.get(from);
    if (!source) return false;
    await answered(() => this.#place(to, source.bytes, labels, false));
    return true;
  }

  async delete(key: string): Promise<void> {
    assertObjectKey(key);
    const path = join(this.#root, key);
    await answered(async () => {
      try {
        await unlink(path);
      } catch (error) {
        // Where folders are concerned, systems differ in what they call the mistake.
        if ((await this.#isMissing(error)) || (await isFolder(path))) return;
        throw error;
      }
      await flushFolder(dirname(path));
    });
  }

  async *list(prefix: string, { after = '' }: ListOptions = {}): AsyncGenerator<ListedObject> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    // No key begins like this, and the path might lead out of the root.
    if (folder !== '' && !isObjectKey(folder.slice(0, -1))) return;
    try {
      yield* this.#walk(folder, prefix.slice(folder.length), after);
    } catch (error) {
      throw unavailable(error);
    }
  }

  urlFor(key: string): string {
    return urlForKey(this.#publicBaseUrl, key);
  }

  async close(): Promise<void> {}

  /** Calls `read` with the object's open file: whatever is moved there meanwhile, it stays one file. */
  async #reading<T>(
    key: string,
    read: (file: FileHandle, fileBytes: number) => Promise<T>,
  ): Promise<T | undefined> {
    let file: FileHandle;
    try {
      file = await open(join(this.#root, key), constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      if (await this.#isMissing(error)) return undefined;
      throw error;
    }
    try {
      const stats = await file.stat();
      return stats.isFile() ? await read(file, stats.size) : undefined;
    } finally {
      await file.close();
    }
  }

  #place(key: string, bytes: Uint8Array, labels: ObjectLabels, ifAbsent: boolean) {
    const parts = [bytes, formatTrailer(bytes, labels)];
    return this.#staging.place(join(this.#root, key), parts, ifAbsent);
  }

  /** The objects below `folder` (empty, or with a slash at its end) whose names begin with `start`. */
  async *#walk(folder: string, start: string, after: string): AsyncGenerator<ListedObject> {
    const entries = await this.#entries(folder, start, after);
    for (let at = 0; at < entries.length; at += LOOKAHEAD) {
      const some = entries.slice(at, at + LOOKAHEAD);
      const sizes = await Promise.all(some.map((entry) => this.#sizeOf(entry)));
      for (const [index, key] of some.entries()) {
        const size = sizes[index];
        if (key.endsWith('/')) yield* this.#walk(key, '', after);
        else if (size !== undefined) yield { key, size };
      }
    }
  }

  /** Keys of files, and of folders with a slash at their end, in the order in which they are listed. */
  async #entries(folder: string, start: string, after: string): Promise<string[]> {
    let found: Dirent[];
    try {
      found = await readdir(join(this.#root, folder), { withFileTypes: true });
    } catch (error) {
      if (await this.#isMissing(error)) return [];
      throw error;
    }
    const place = Buffer.from(after);
    // In the folder that `after` leads into, some may be behind it.
    const holdsAfter = (key: string) => key.endsWith('/') && after.startsWith(key);
    return found
      .filter(({ name }) => name.startsWith(start) && isObjectKey(folder + name))
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .map((key) => ({ key, order: Buffer.from(key) }))
      .filter(({ key, order }) => Buffer.compare(order, place) > 0 || holdsAfter(key))
      .sort((a, b) => Buffer.compare(a.order, b.order))
      .map(({ key }) => key);
  }

  /** `undefined` for folders and for what has gone meanwhile. */
  async #sizeOf(entry: string): Promise<number | undefined> {
    if (entry.endsWith('/')) return undefined;
    return this.#reading(
      entry,
      async (file, fileBytes) => (await readTrailer(file, fileBytes))?.size ?? fileBytes,
    );
  }

  /** Whether `error` only says that there is no object, and not that there is no store. */
  async #isMissing(error: unknown): Promise<boolean> {
    switch (codeOf(error)) {
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
}

function headFrom(key: string, { labels, etag, size }: Trailer): ObjectHead {
  return { ...labels, metadata: labels.metadata ?? {}, key, etag, size };
}

async function readTrailer(file: FileHandle, fileBytes: number): Promise<Trailer | undefined> {
  const length = Math.min(fileBytes, MOST_TRAILER_BYTES);
  const end = Buffer.alloc(length);
  const { bytesRead } = await file.read(end, 0, length, fileBytes - length);
  return bytesRead === length ? parseTrailer(end, fileBytes) : undefined;
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isDirectory() ?? false;
}

async function answered<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw unavailable(error);
  }
}

function unavailable(cause: unknown): CafeError {
  return new CafeError('storage_unavailable', 'The picture store is unavailable.', { cause });
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
