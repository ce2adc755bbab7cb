import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LimitedImageStore } from '../../src/adapters/image-store/limited.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';

/** Holds back every `head` until the test lets it end. */
class HeldStore extends MemoryImageStore {
  readonly begun: string[] = [];
  readonly #holds: (() => void)[] = [];

  override async head(key: string) {
    this.begun.push(key);
    await new Promise<void>((end) => this.#holds.push(end));
    return super.head(key);
  }

  endFirst(): void {
    this.#holds.shift()?.();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function open() {
  const store = new HeldStore({ publicBaseUrl: 'https://pictures.example' });
  return { store, limited: new LimitedImageStore(store, { maxCalls: 2, maxWaitMs: 1000 }) };
}

it('begins so many calls at once, and the others in order of arrival', async () => {
  const { store, limited } = open();
  const heads = ['a', 'b', 'c', 'd'].map((key) => limited.head(key));
  await vi.advanceTimersByTimeAsync(0);
  expect(store.begun).toEqual(['a', 'b']);
  store.endFirst();
  await heads[0];
  await vi.advanceTimersByTimeAsync(0);
  expect(store.begun).toEqual(['a', 'b', 'c']);
  for (let n = 0; n < 3; n += 1) {
    store.endFirst();
    await vi.advanceTimersByTimeAsync(0);
  }
  expect(await Promise.all(heads)).toHaveLength(4);
  expect(store.begun).toEqual(['a', 'b', 'c', 'd']);
});

it('gives up a call that waits too long, without having begun it', async () => {
  const { store, limited } = open();
  const heads = ['a', 'b'].map((key) => limited.head(key));
  const late = expect(limited.head('c')).rejects.toMatchObject({ code: 'storage_unavailable' });
  await vi.advanceTimersByTimeAsync(1000);
  await late;
  store.endFirst();
  store.endFirst();
  await Promise.all(heads);
  const next = limited.head('d');
  await vi.advanceTimersByTimeAsync(0);
  store.endFirst();
  await next;
  expect(store.begun).toEqual(['a', 'b', 'd']);
});

it('leaves the store itself to others', async () => {
  const { store, limited } = open();
  const heads = ['a', 'b', 'c'].map((key) => limited.head(key));
  await vi.advanceTimersByTimeAsync(0);
  await store.put('d', Buffer.from('d'), { contentType: 'text/plain' });
  for (let n = 0; n < 3; n += 1) {
    store.endFirst();
    await vi.advanceTimersByTimeAsync(0);
  }
  await Promise.all(heads);
});
