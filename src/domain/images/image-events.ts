/** An image that the store has, for everyone to see. */
export interface CreatedImage {
  /** Its dated key. */
  key: string;
}

/** Tells the products of new images, so that none of them imports another. The container connects them. */
export class ImageEvents {
  readonly #listeners: ((image: CreatedImage) => void)[] = [];

  listen(listener: (image: CreatedImage) => void): void {
    this.#listeners.push(listener);
  }

  created(image: CreatedImage): void {
    for (const listener of this.#listeners) listener(image);
  }
}
