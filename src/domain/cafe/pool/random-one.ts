/** Chooses one of all offers. Every offer has the same probability. */
export class RandomOne<T> {
  chosen: T | undefined;
  #offers = 0;

  offer(one: T): void {
    this.#offers += 1;
    if (Math.random() * this.#offers < 1) this.chosen = one;
  }
}
