import { createHash } from 'node:crypto';
import type { Country } from '../../countries/country.ts';
import type { Day } from '../../kernel/day.ts';
import type { PoolImage } from '../../storage/image-keys.ts';
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
   * An image of the country, chosen by `recent`. If the country has none, an image of any country.
   * `undefined` if there is none at all.
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
    // Sort the countries: their order of arrival differs between processes.
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

/** Identifies an image among those of its country. */
export type PackedImage = Omit<PoolImage, 'country'>;

/** 32-bit words per image: four for its id, one for its day. */
const WORDS = 5;
const FEWEST = 4;

/**
 * A set of images in about 28 bytes each, with access by position. As strings, a million images
 * would take ten times as much.
 *
 * Positions have no gaps. An image's position may change whenever another one is deleted.
 */
export class PackedImages {
  #size = 0;
  #words = new Uint32Array(FEWEST * WORDS);
  /**
   * A hash table of positions, with open addressing. Each image's position plus 1 is in the first
   * free slot at or after its hash; 0 is free. The number of slots is a power of two.
   */
  #slots = new Uint32Array(2 * FEWEST);

  get size(): number {
    return this.#size;
  }

  /** `false` if it was already there. */
  add(picture: PackedImage): boolean {
    const words = wordsOf(picture);
    if (this.#slots[this.#slotOf(words)] !== 0) return false;
    this.#makeRoom();
    this.#words.set(words, this.#size * WORDS);
    this.#size += 1;
    this.#slots[this.#slotOf(words)] = this.#size;
    return true;
  }

  /** `false` if it was not there. */
  delete(picture: PackedImage): boolean {
    const slot = this.#slotOf(wordsOf(picture));
    const place = (this.#slots[slot] as number) - 1;
    if (place < 0) return false;
    const last = this.#size - 1;
    this.#slots[this.#slotOf(this.#wordsAt(last))] = place + 1;
    this.#words.copyWithin(place * WORDS, last * WORDS, (last + 1) * WORDS);
    this.#free(slot);
    this.#size = last;
    return true;
  }

  /** @param place from 0 to one less than the size */
  at(place: number): PackedImage {
    return pictureFrom(this.#wordsAt(place));
  }

  /**
   * The position of an image for a number: stable unless that image is deleted, another is added in
   * between, or the set doubles. The set must not be empty.
   */
  placeNear(number: number): number {
    const mask = this.#slots.length - 1;
    let slot = number & mask;
    while (this.#slots[slot] === 0) slot = (slot + 1) & mask;
    return (this.#slots[slot] as number) - 1;
  }

  #wordsAt(place: number): Uint32Array {
    return this.#words.subarray(place * WORDS, (place + 1) * WORDS);
  }

  /** The slot of an image, or the free slot where it belongs. */
  #slotOf(words: Uint32Array): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(words) & mask;
    for (;;) {
      const place = (this.#slots[slot] as number) - 1;
      if (place < 0 || this.#isAt(place, words)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isAt(place: number, words: Uint32Array): boolean {
    const start = place * WORDS;
    for (let n = 0; n < WORDS; n += 1) if (this.#words[start + n] !== words[n]) return false;
    return true;
  }

  #makeRoom(): void {
    if ((this.#size + 1) * WORDS > this.#words.length) {
      // Grows by half, not double: there is one table per country, and most would be half empty.
      const room = Math.ceil(this.#size * 1.5) * WORDS * this.#words.BYTES_PER_ELEMENT;
      this.#words = new Uint32Array(this.#words.buffer.transfer(room));
    }
    // Above three quarters, searches for a free slot become long.
    if ((this.#size + 1) * 4 <= this.#slots.length * 3) return;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let place = 0; place < this.#size; place += 1) {
      this.#slots[this.#slotOf(this.#wordsAt(place))] = place + 1;
    }
  }

  /** Frees a slot, and moves up later entries that would no longer be found. */
  #free(slot: number): void {
    const mask = this.#slots.length - 1;
    let hole = slot;
    for (let next = (hole + 1) & mask; this.#slots[next] !== 0; next = (next + 1) & mask) {
      const place = (this.#slots[next] as number) - 1;
      const home = hashOf(this.#wordsAt(place)) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      this.#slots[hole] = place + 1;
      hole = next;
    }
    this.#slots[hole] = 0;
  }
}

/** Mixes all bits, because ids from other programs may not be random. */
function hashOf(words: Uint32Array): number {
  let hash = 0;
  for (const word of words) {
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function wordsOf({ day, id }: PackedImage): Uint32Array {
  const digits = id.replaceAll('-', '');
  return Uint32Array.of(
    Number.parseInt(digits.slice(0, 8), 16),
    Number.parseInt(digits.slice(8, 16), 16),
    Number.parseInt(digits.slice(16, 24), 16),
    Number.parseInt(digits.slice(24), 16),
    Number(day.replaceAll('/', '')),
  );
}

function pictureFrom(words: Uint32Array): PackedImage {
  const digits = Array.from(words.subarray(0, 4), (word) => word.toString(16).padStart(8, '0'));
  const date = String(words[4]).padStart(8, '0');
  return {
    day: date.replace(/^(....)(..)/, '$1/$2/') as Day,
    id: digits.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  };
}
