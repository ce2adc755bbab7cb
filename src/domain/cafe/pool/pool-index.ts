import { createHash } from 'node:crypto';
import type { Country } from '../../countries/country.ts';
import type { PoolImage } from '../../storage/image-keys.ts';
import { PackedImages } from './packed-images.ts';
import type { RecentImages } from './recent-images.ts';

/** All known pool images. Picking, adding and deleting take constant time. */
export class PoolIndex {
  readonly #byCountry = new Map<Country | undefined, PackedImages>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Whether the country has an image; without a country, whether there is any. */
  has(country: Country | undefined): boolean {
    if (!country) return this.#size > 0;
    return (this.#byCountry.get(country)?.size ?? 0) > 0;
  }

  /** Has no effect if the image is already there. */
  add(picture: PoolImage): void {
    let pictures = this.#byCountry.get(picture.country);
    if (!pictures) {
      pictures = new PackedImages();
      this.#byCountry.set(picture.country, pictures);
    }
    if (pictures.add(picture)) this.#size += 1;
  }

  /** Has no effect if the image is missing. */
  delete(picture: PoolImage): void {
    if (this.#byCountry.get(picture.country)?.delete(picture)) this.#size -= 1;
  }

  /**
   * One of the country's images as `recent` chooses, or one of all if the country has none;
   * `undefined` if there is none.
   */
  pick(country: Country | undefined, recent: RecentImages): PoolImage | undefined {
    const own = country && this.#byCountry.get(country);
    if (own && own.size > 0) return recent.choose(own.size, (at) => pictureAt(own, country, at));
    return recent.choose(this.#size, (at) => this.#at(at));
  }

  /**
   * Like {@link pick}, but chosen by a text: stable while the images stay the same, and mostly also
   * if some are added or deleted.
   */
  pickBy(text: string, country: Country | undefined): PoolImage | undefined {
    const draw = createHash('sha256').update(text).digest().readUInt32LE();
    const own = country && this.#byCountry.get(country);
    if (own && own.size > 0) return pictureAt(own, country, own.placeNear(draw));
    let place = Math.floor((draw / 2 ** 32) * this.#size);
    // A fixed order: the order of arrival differs between processes.
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
