import { BoundedMap } from './bounded-map.ts';
import type { PageImage, Picture } from './page-image.ts';
import type { Clock } from './ports/clock.ts';
import type { Renditions } from './renditions.ts';

/** What the answers of many pages have in common: all but the page's key and what follows it. */
interface Form extends Omit<PageImage, 'url' | 'picture'> {
  picture: Omit<Picture, 'renditions'>;
  /** The URL up to the key; absent where it says the key in another way, or not at all. */
  base: string | undefined;
}

/** There may be a million of these. */
interface Known {
  form: Form;
  /** The URL behind the base and the key. */
  rest: string;
  /** Every picture has its own. */
  renditions: Renditions | undefined;
  /** Whole milliseconds, which unlike others take no memory of their own. */
  since: number;
}

/** How long the answer of a page that could not be checked is given without trying again. */
const CLING_MS = 5_000;
/** A few for each country; far more would mean that pictures are of all sizes. */
const REMEMBERED_FORMS = 10_000;

/**
 * The answers of pages that were served lately, so that serving them again makes no call.
 *
 * An answer is fresh for a while; for as long again it is still given, and is to be checked behind
 * the reader's back; then it is given no more, so that no picture that is gone is shown for long, but
 * to cling to while the store cannot be asked. Ages are
 * monotonic: a wall clock that jumps changes nothing. Beyond the capacity, the page that was remembered
 * longest ago goes first. A page takes some two hundred bytes (`npm run bench`).
 */
export class KnownPages {
  readonly #pages: BoundedMap<string, Known>;
  readonly #forms = new BoundedMap<string, Form>(REMEMBERED_FORMS);
  readonly #clock: Clock;
  readonly #freshMs: number;

  /** @param options.freshMs 0 remembers nothing */
  constructor(options: { clock: Clock; freshMs: number; capacity: number }) {
    this.#clock = options.clock;
    this.#freshMs = options.freshMs;
    this.#pages = new BoundedMap(options.freshMs > 0 ? options.capacity : 0);
  }

  /** How many pages are remembered, those that are not fresh any more included. */
  get size(): number {
    return this.#pages.size;
  }

  recall(key: string): { image: PageImage; fresh: boolean } | undefined {
    const known = this.#pages.get(key);
    if (!known) return undefined;
    const age = this.#clock.monotonic() - known.since;
    if (age >= 2 * this.#freshMs) return undefined;
    return { image: imageOf(key, known), fresh: age < this.#freshMs };
  }

  /**
   * The last answer of a page that cannot be looked up, whatever its age. For a few seconds it counts
   * as fresh, so that a store that is away is not asked all the time.
   */
  cling(key: string): PageImage | undefined {
    const known = this.#pages.get(key);
    if (!known) return undefined;
    const freshFor = Math.min(CLING_MS, this.#freshMs);
    known.since = Math.floor(this.#clock.monotonic()) - this.#freshMs + freshFor;
    return imageOf(key, known);
  }

  remember(key: string, { url, source, picture, placed }: PageImage): void {
    const at = url.indexOf(key);
    const base = at === -1 ? undefined : url.slice(0, at);
    const rest = at === -1 ? url : url.slice(at + key.length);
    const { renditions, ...rough } = picture;
    const form = this.#shared({ base, source, picture: rough, placed });
    const since = Math.floor(this.#clock.monotonic());
    this.#pages.set(ownCopy(key), { form, rest: ownCopy(rest), renditions, since });
  }

  forget(key: string): void {
    this.#pages.delete(key);
  }

  #shared(form: Form): Form {
    const name = JSON.stringify(form);
    const known = this.#forms.get(name);
    if (known) return known;
    this.#forms.set(name, form);
    return form;
  }
}

function imageOf(key: string, { form, rest, renditions }: Known): PageImage {
  const { base, source, picture, placed } = form;
  const url = base === undefined ? rest : base + key + rest;
  return { url, source, picture: { ...picture, renditions }, placed };
}

/** A text that was put together or cut out keeps alive what it was made of. */
function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
