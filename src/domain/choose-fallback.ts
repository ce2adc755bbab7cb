import type { Country } from './country.ts';
import type { ImageKey, ImageKeys } from './image-key.ts';
import type { ObjectStore } from './ports/object-store.ts';

/** A picture in the pool. */
export interface PoolPicture {
  key: string;
  parsed: ImageKey;
}

/**
 * A random picture of those there are: from the dated pool of all days one of the country, compared
 * whole; else any of the dated pool; else any page's. `undefined` where there is none at all.
 */
export async function chooseFallback(
  store: ObjectStore,
  keys: ImageKeys,
  country: Country | undefined,
): Promise<PoolPicture | undefined> {
  const sameCountry = new RandomOne<PoolPicture>();
  const dated = new RandomOne<PoolPicture>();
  const placed = new RandomOne<PoolPicture>();
  for await (const { key, size } of store.list(keys.root)) {
    const parsed = keys.parse(key);
    if (!parsed || size === 0) continue;
    // Days are listed before `page-cache`, of which there may be far more and nothing is needed now.
    if (parsed.kind === 'page' && (sameCountry.chosen ?? dated.chosen)) break;
    if (parsed.kind === 'page') placed.offer({ key, parsed });
    else if (country && parsed.country === country) sameCountry.offer({ key, parsed });
    else dated.offer({ key, parsed });
  }
  return sameCountry.chosen ?? dated.chosen ?? placed.chosen;
}

/** Keeps one of any number of offers, each with the same chance. */
class RandomOne<T> {
  chosen: T | undefined;
  #offers = 0;

  offer(one: T): void {
    this.#offers += 1;
    if (Math.random() * this.#offers < 1) this.chosen = one;
  }
}
