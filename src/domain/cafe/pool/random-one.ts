/** Keeps one of any number of offers, each with the same probability. */
export class RandomOne<T> {
  chosen: T | undefined;
  #offers = 0;

  offer(one: T): void {
    this.#offers += 1;
    if (Math.random() * this.#offers < 1) this.chosen = one;
  }
}
