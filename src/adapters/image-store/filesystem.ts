import type { Dirent } from 'node:fs';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { ImageStore } from '../../domain/storage/image-store.ts';
import type {
  ListedObject,
  ListOptions,
  ObjectHead,
  ObjectLabels,
  StoredObject,
  WriteCondition,
} from '../../domain/storage/object-store.ts';
import {
  assertObjectKey,
  assertObjectLabels,
  isObjectKey,
  urlForKey,
} from '../../domain/storage/stored-objects.ts';
import { type FileSystemCalls, SYSTEM_CALLS } from './filesystem/calls.ts';
import { DurableFiles } from './filesystem/durable.ts';
import { unavailable } from './filesystem/failures.ts';
import { ObjectFiles } from './filesystem/files.ts';
import { formatTrailer } from './filesystem/format.ts';
import { type PlaceCondition, StagingFolder } from './filesystem/staging.ts';

export interface FilesystemImageStoreOptions {
  /** The folder of the objects. The first write creates it. */
  root: string;
  /** The public URL of the objects, without a slash at its end. */
  publicBaseUrl: string;
  /** Called once if the file system lacks a feature. */
  notice?: Notice;
  /** Default: the calls of the operating system. */
  calls?: FileSystemCalls;
}

/** Below the root, because moving a file to another disk is not atomic. */
const STAGING_FOLDER = '.tmp';
/** Chunk size when an object is streamed. */
const PIECE_BYTES = 32_768;
/** How many files a listing reads at once. */
const LOOKAHEAD = 32;

/**
 * Keeps every object in its own file, under its key, with its labels after its bytes.
 *
 * A file is written elsewhere, flushed, and then moved into place. So readers never see a partial file,
 * even after a crash, and several processes may share a root.
 *
 * - A file that was copied into the folder manually is an object too.
 * - Keys are case-insensitive if the file system is.
 * - An object and a folder cannot have the same name.
 * - Symbolic links are not objects, and links below the root are not followed.
 * - A folder stays when its last object is deleted.
 * - Puts and deletions with `ifMatch` run one after another. If the file system has no hard links, puts with
 *   `ifAbsent` do too. A put or deletion without a condition may be lost if it runs at the same time on the
 *   same key.
 */
export class FilesystemImageStore implements ImageStore {
  readonly #files: ObjectFiles;
  readonly #staging: StagingFolder;
  readonly #durable: DurableFiles;
  readonly #publicBaseUrl: string;

  constructor(options: FilesystemImageStoreOptions) {
    const { calls = SYSTEM_CALLS, notice = () => {} } = options;
    const root = resolve(options.root);
    let hasReported = false;
    this.#durable = new DurableFiles(calls, () => {
      if (hasReported) return;
      hasReported = true;
      notice('The file system cannot flush. A power failure may lose the newest pictures', {
        root,
      });
    });
    this.#files = new ObjectFiles(root, calls);
    this.#staging = new StagingFolder(join(root, STAGING_FOLDER), calls, this.#durable);
    this.#publicBaseUrl = options.publicBaseUrl;
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    assertObjectKey(key);
    return answered(() => this.#files.head(key));
  }

  async get(key: string): Promise<StoredObject | undefined> {
    assertObjectKey(key);
    return answered(() => this.#files.get(key));
  }

  async *pieces({ key, size, etag }: ObjectHead): AsyncGenerator<Uint8Array> {
    let known: string | undefined;
    for (let from = 0; from < size; from += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, size - from);
      const piece = await answered(() => this.#files.piece(key, { from, length, known }));
      // After the first piece, check that this file is still the one with the given ETag.
      const isSame = piece && (known !== undefined || (await this.head(key))?.etag === etag);
      if (!isSame) throw unavailable(new Error('the object was replaced while it was read'));
      known = piece.known;
      yield piece.bytes;
    }
  }

  async put(
    key: string,
    bytes: Uint8Array,
    labels: ObjectLabels,
    condition?: WriteCondition,
  ): Promise<string | undefined> {
    assertObjectKey(key);
    assertObjectLabels(labels);
    return answered(() => this.#put(key, bytes, labels, condition));
  }

  async copy(
    from: string,
    to: string,
    labels: ObjectLabels,
    { ifAbsent = false }: { ifAbsent?: boolean } = {},
  ): Promise<'copied' | 'missing' | 'exists'> {
    assertObjectKey(to);
    assertObjectLabels(labels);
    const source = await this.get(from);
    if (!source) return 'missing';
    const etag = await this.put(to, source.bytes, labels, ifAbsent ? { ifAbsent } : undefined);
    return etag === undefined ? 'exists' : 'copied';
  }

  async delete(key: string): Promise<void> {
    assertObjectKey(key);
    const path = this.#files.pathOf(key);
    await answered(async () => {
      if (await this.#files.leadsElsewhere(key)) return;
      try {
        await unlink(path);
      } catch (error) {
        // For folders, the error code differs between operating systems.
        if ((await this.#files.isMissing(error)) || (await isFolder(path))) return;
        throw error;
      }
      await this.#durable.flushFolder(dirname(path));
    });
  }

  async deleteIfMatch(key: string, etag: string): Promise<'deleted' | 'changed'> {
    assertObjectKey(key);
    const holds = async () => (await this.#files.head(key))?.etag === etag;
    return answered(async () => {
      if (!(await holds())) return 'changed';
      return (await this.#staging.remove(this.#files.pathOf(key), holds)) ? 'deleted' : 'changed';
    });
  }

  async *list(prefix: string, { after = '' }: ListOptions = {}): AsyncGenerator<ListedObject> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    // Not the start of a valid key; the path might lead out of the root.
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

  async #put(
    key: string,
    bytes: Uint8Array,
    labels: ObjectLabels,
    condition: WriteCondition | undefined,
  ): Promise<string | undefined> {
    if (await this.#files.leadsElsewhere(key))
      throw new Error('a folder of the key is a symbolic link');
    const { trailer, etag } = formatTrailer(bytes, labels);
    const place = (placing?: PlaceCondition) =>
      this.#staging.place(this.#files.pathOf(key), [bytes, trailer], placing);
    if (!condition || 'ifAbsent' in condition) return (await place(condition)) ? etag : undefined;
    const holds = async () => (await this.#files.head(key))?.etag === condition.ifMatch;
    // The first check only saves a useless write; the check under the lock decides.
    return (await holds()) && (await place({ holds })) ? etag : undefined;
  }

  /** Lists objects below `folder` (empty, or with a slash at its end) whose names start with `start`. */
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

  /** The sorted keys of files, and of folders with a slash at their end. */
  async #entries(folder: string, start: string, after: string): Promise<string[]> {
    if (await this.#files.leadsElsewhere(folder)) return [];
    let found: Dirent[];
    try {
      found = await readdir(this.#files.pathOf(folder), { withFileTypes: true });
    } catch (error) {
      if (await this.#files.isMissing(error)) return [];
      throw error;
    }
    const startBytes = Buffer.from(after);
    // The folder that contains `after` may have later keys.
    const containsAfter = (key: string) => key.endsWith('/') && after.startsWith(key);
    return found
      .filter(({ name }) => name.startsWith(start) && isObjectKey(folder + name))
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .map((key) => ({ key, order: Buffer.from(key) }))
      .filter(({ key, order }) => Buffer.compare(order, startBytes) > 0 || containsAfter(key))
      .sort((a, b) => Buffer.compare(a.order, b.order))
      .map(({ key }) => key);
  }

  /** `undefined` for folders, and for files that were deleted meanwhile. */
  async #sizeOf(entry: string): Promise<number | undefined> {
    return entry.endsWith('/') ? undefined : this.#files.sizeOf(entry);
  }
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
