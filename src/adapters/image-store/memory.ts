import { createHash } from 'node:crypto';
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
  urlForKey,
} from '../../domain/storage/stored-objects.ts';

export interface MemoryImageStoreOptions {
  /** The public URL of the objects, without a slash at its end. */
  publicBaseUrl: string;
}

/** Keeps all objects in the memory of the process. */
export class MemoryImageStore implements ImageStore {
  readonly #objects = new Map<string, StoredObject>();
  readonly #publicBaseUrl: string;

  constructor({ publicBaseUrl }: MemoryImageStoreOptions) {
    this.#publicBaseUrl = publicBaseUrl;
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    assertObjectKey(key);
    const object = this.#objects.get(key);
    if (!object) return undefined;
    const { bytes: _, ...head } = object;
    return { ...head, metadata: { ...head.metadata } };
  }

  async get(key: string): Promise<StoredObject | undefined> {
    assertObjectKey(key);
    const object = this.#objects.get(key);
    return object && copied(object);
  }

  async put(
    key: string,
    bytes: Uint8Array,
    labels: ObjectLabels,
    condition?: WriteCondition,
  ): Promise<string | undefined> {
    assertObjectKey(key);
    assertObjectLabels(labels);
    return this.#holds(key, condition) ? this.#write(key, bytes, labels) : undefined;
  }

  async copy(
    from: string,
    to: string,
    labels: ObjectLabels,
    { ifAbsent = false }: { ifAbsent?: boolean } = {},
  ): Promise<'copied' | 'missing' | 'exists'> {
    assertObjectKey(from);
    assertObjectKey(to);
    assertObjectLabels(labels);
    const source = this.#objects.get(from);
    if (!source) return 'missing';
    if (ifAbsent && this.#objects.has(to)) return 'exists';
    this.#write(to, source.bytes, labels);
    return 'copied';
  }

  async delete(key: string): Promise<void> {
    assertObjectKey(key);
    this.#objects.delete(key);
  }

  async deleteIfMatch(key: string, etag: string): Promise<'deleted' | 'changed'> {
    assertObjectKey(key);
    if (!this.#holds(key, { ifMatch: etag })) return 'changed';
    this.#objects.delete(key);
    return 'deleted';
  }

  async *list(prefix: string, { after = '' }: ListOptions = {}): AsyncGenerator<ListedObject> {
    const found = [...this.#objects.values()].filter(({ key }) => key.startsWith(prefix));
    const rows = found.map(({ key, size }) => ({ row: { key, size }, order: Buffer.from(key) }));
    rows.sort((a, b) => Buffer.compare(a.order, b.order));
    const start = Buffer.from(after);
    for (const { row, order } of rows) if (Buffer.compare(order, start) > 0) yield row;
  }

  urlFor(key: string): string {
    return urlForKey(this.#publicBaseUrl, key);
  }

  async close(): Promise<void> {
    this.#objects.clear();
  }

  #holds(key: string, condition: WriteCondition | undefined): boolean {
    if (!condition) return true;
    const existing = this.#objects.get(key);
    return 'ifAbsent' in condition ? !existing : existing?.etag === condition.ifMatch;
  }

  #write(key: string, bytes: Uint8Array, labels: ObjectLabels): string {
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    this.#objects.set(
      key,
      copied({ metadata: {}, ...labels, key, bytes, size: bytes.byteLength, etag }),
    );
    return etag;
  }
}

/** Copies an object, so that callers cannot change the stored one. */
function copied(object: StoredObject): StoredObject {
  return { ...object, bytes: object.bytes.slice(), metadata: { ...object.metadata } };
}
