import { labellingOf } from '../../images/image-labels.ts';
import type { ObjectHead } from '../../storage/object-store.ts';

/**
 * The images this process is hiding or deleting. Pages may hold copies of them for a while; readers
 * get another image meanwhile.
 */
export class ImagesBeingHidden {
  readonly #ids = new Map<string, number>();

  /** @param id of the image's generation */
  async during<T>(id: string, work: () => Promise<T>): Promise<T> {
    this.#ids.set(id, (this.#ids.get(id) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.#ids.get(id) ?? 1) - 1;
      if (left === 0) this.#ids.delete(id);
      else this.#ids.set(id, left);
    }
  }

  /** Whether an object shows one of them. */
  areShownBy(head: ObjectHead): boolean {
    if (this.#ids.size === 0) return false;
    const { generation } = labellingOf(head);
    return generation !== undefined && this.#ids.has(generation);
  }
}
