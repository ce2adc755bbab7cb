import { createHash } from 'node:crypto';

/**
 * A random number generator with a key: the same key gives the same numbers on every machine.
 *
 * `fork` gives a part of the picture its own generator, so that one more sesame seed does not move
 * the plate.
 */
export class Random {
  private readonly key: string;
  private readonly state: Uint32Array;

  constructor(key: string) {
    this.key = key;
    const digest = createHash('sha256').update(key).digest();
    this.state = Uint32Array.from([0, 4, 8, 12], (offset) => digest.readUInt32LE(offset));
  }

  fork(part: string): Random {
    return new Random(`${this.key}\n${part}`);
  }

  /** From 0 (inclusive) to 1 (exclusive). The algorithm is sfc32. */
  next(): number {
    const [a = 0, b = 0, c = 0, counter = 0] = this.state;
    const sum = (a + b + counter) >>> 0;
    this.state.set([b ^ (b >>> 9), c + (c << 3), ((c << 21) | (c >>> 11)) + sum, counter + 1]);
    return sum / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + (most - least) * this.next();
  }

  /** An integer; both ends are included. */
  whole(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  angle(): number {
    return this.between(0, 2 * Math.PI);
  }

  /** One of the choices, which must not be empty. */
  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)] as T;
  }

  /** `count` different choices in random order, or all if there are fewer. */
  sample<T>(choices: readonly T[], count: number): T[] {
    return choices
      .map((choice) => ({ choice, rank: this.next() }))
      .sort((left, right) => left.rank - right.rank)
      .slice(0, count)
      .map(({ choice }) => choice);
  }
}
