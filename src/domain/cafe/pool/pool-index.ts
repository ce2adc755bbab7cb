import { createHash } from 'node:crypto';
import type { Country } from '../../countries/country.ts';
import type { PoolImage } from '../../storage/image-keys.ts';
import { PackedImages } from './packed-images.ts';
import type { RecentImages } from './recent-images.ts';

/**
 * All that is known to be in the pool. Neither picking nor adding nor removing goes through the
 * pictures, however many there are.
 */
export class PoolIndex {
  readonly #byCountry = new Map<Country | undefined, PackedImages>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Whether there is one of the country; where none is named, whether there is any. */
  has(country: Country | undefined): boolean {
    if (!country) return this.#size > 0;
    return (this.#byCountry.get(country)?.size ?? 0) > 0;
  }

  /** Adding what is there changes nothing. */
  add(picture: PoolImage): void {
    let pictures = this.#byCountry.get(picture.country);
    if (!pictures) {
      pictures = new PackedImages();
      this.#byCountry.set(picture.country, pictures);
    }
    if (pictures.add(picture)) this.#size += 1;
  }

  /** Removing what is not there changes nothing. */
  delete(picture: PoolImage): void {
    if (this.#byCountry.get(picture.country)?.delete(picture)) this.#size -= 1;
  }

  /**
   * One of the country's pictures, or where it has none one of all, as `recent` chooses; `undefined`
   * where there is none.
   */
  pick(country: Country | undefined, recent: RecentImages): PoolImage | undefined {
    const own = country && this.#byCountry.get(country);
    if (own && own.size > 0) return recent.choose(own.size, (at) => pictureAt(own, country, at));
    return recent.choose(this.#size, (at) => this.#at(at));
  }

  /**
   * Like {@link pick}, but chosen by a text: the same one as long as the pictures stay, and mostly
   * also where some are added or go.
   */
  pickBy(text: string, country: Country | undefined): PoolImage | undefined {
    const draw = createHash('sha256').update(text).digest().readUInt32LE();
    const own = country && this.#byCountry.get(country);
    if (own && own.size > 0) return pictureAt(own, country, own.placeNear(draw));
    let place = Math.floor((draw / 2 ** 32) * this.#size);
    // In an order of their own: that of arrival is another one in every process.
    const countries = [...this.#byCountry].sort(([a], [b]) => (slugOf(a) < slugOf(b) ? -1 : 1));
    for (const [of, pictures] of countries) {
      if (place < pictures.size) return pictureAt(pictures, of, pictures.placeNear(draw));
      place -= pictures.size;
    }
    return undefined;
  }

  /** @param place from 0 to one less than the size */
  #at(place: number): PoolImage {
    let left = place;
    for (const [of, pictures] of this.#byCountry) {
      if (left < pictures.size) return pictureAt(pictures, of, left);
      left -= pictures.size;
    }
    throw new RangeError('no such place');
  }
}

function slugOf(country: Country | undefined): string {
  return country?.slug ?? '';
}

function pictureAt(pictures: PackedImages, country: Country | undefined, place: number): PoolImage {
  return { ...pictures.at(place), country };
}
