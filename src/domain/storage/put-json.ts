import type { ObjectStore, WriteCondition } from './object-store.ts';

/**
 * Stores an object as JSON with a trailing newline. Resolves as {@link ObjectStore.put} does.
 *
 * @throws CafeError `storage_unavailable`
 */
export function putJson(
  store: ObjectStore,
  key: string,
  content: object,
  condition?: WriteCondition,
): Promise<string | undefined> {
  const bytes = Buffer.from(`${JSON.stringify(content)}\n`);
  return store.put(key, bytes, { contentType: 'application/json' }, condition);
}
