/** A stored, public image. */
export interface CreatedImage {
  /** Its dated key. */
  key: string;
}

/**
 * Announces new images to the products, so that no product imports another. The container connects
 * them.
 */
export class ImageEvents {
  readonly #listeners: ((image: CreatedImage) => void)[] = [];

  listen(listener: (image: CreatedImage) => void): void {
    this.#listeners.push(listener);
  }

  created(image: CreatedImage): void {
    for (const listener of this.#listeners) listener(image);
  }
}
