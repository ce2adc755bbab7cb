import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedMap } from '../../../src/domain/kernel/bounded-map.ts';

/** The same, as simply as can be: entries in the order they were set in. */
class Model {
  #entries: [key: number, value: number][] = [];
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: number): number | undefined {
    return this.#entries.find((entry) => entry[0] === key)?.[1];
  }

  set(key: number, value: number): { key: number; value: number } | undefined {
    this.delete(key);
    this.#entries.push([key, value]);
    const [first] = this.#entries.length > this.#capacity ? this.#entries.splice(0, 1) : [];
    return first && { key: first[0], value: first[1] };
  }

  delete(key: number): void {
    this.#entries = this.#entries.filter((entry) => entry[0] !== key);
  }
}

describe('a bounded map', () => {
  it('lets what was set longest ago make room, whatever is set again or deleted meanwhile', () => {
    const action = fc.tuple(fc.constantFrom('set', 'set', 'set', 'delete'), fc.nat(12));
    fc.assert(
      fc.property(fc.nat(8), fc.array(action, { maxLength: 200 }), (capacity, actions) => {
        const [map, model] = [new BoundedMap<number, number>(capacity), new Model(capacity)];
        for (const [n, [what, key]] of actions.entries()) {
          if (what === 'set') expect(map.set(key, n)).toEqual(model.set(key, n));
          else for (const each of [map, model]) each.delete(key);
          const keys = Array.from({ length: 13 }, (_, each) => each);
          expect(keys.map((each) => map.get(each))).toEqual(keys.map((each) => model.get(each)));
        }
      }),
      { numRuns: 300 },
    );
  });
});
