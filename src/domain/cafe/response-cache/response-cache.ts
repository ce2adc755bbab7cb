import type { Country } from '../../countries/country.ts';
import type { PageImage } from '../../images/image-labels.ts';
import type { ImageLifetime } from '../../images/image-lifetime.ts';
import { BoundedMap, ownCopy } from '../../kernel/bounded-map.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Page } from '../../pages/page.ts';
import type { ImageKeys } from '../../storage/image-keys.ts';
import {
  type AnswerForm,
  type CachedResponse,
  packRenditions,
  RecalledImage,
} from './cached-response.ts';

/** How long a stale response is served without another try after a failed check. */
const CLING_MS = 5_000;
/**
 * Usually there are a few per country. More than this would mean that images have arbitrary sizes.
 */
const REMEMBERED_FORMS = 10_000;
/** Enough: the owner changes fewer pages than this during one lookup. */
const REMEMBERED_WITHDRAWALS = 10_000;
/** The age of an evicted response: so old that a caller who kept the response never serves it. */
const FORGOTTEN = -(2 ** 30);

/**
 * Recent responses by page, so that serving them again makes no call.
 *
 * A response is fresh for a while. For as long again it is still served and revalidated in the
 * background. After that it is served only while the store is unavailable, so that a deleted image
 * is not shown for long. Once its image may expire at any moment, it is not served either, and the
 * store is called each time. Ages are monotonic: a jump of the wall clock has no effect. Beyond the
 * capacity, the page remembered longest ago is evicted. A page takes about 250 bytes (`npm run
 * bench`).
 */
export class ResponseCache {
  readonly #pages: BoundedMap<string, CachedResponse>;
  readonly #forms = new BoundedMap<string, AnswerForm>(REMEMBERED_FORMS);
  readonly #withdrawn = new BoundedMap<string, number>(REMEMBERED_WITHDRAWALS);
  #withdrawals = 0;
  readonly #clock: Clock;
  readonly #freshMs: number;
  readonly #life: ImageLifetime | undefined;

  /**
   * @param options.freshMs 0 disables the cache
   * @param options.life absent if images do not expire
   */
  constructor(options: { clock: Clock; freshMs: number; capacity: number; life?: ImageLifetime }) {
    this.#clock = options.clock;
    this.#life = options.life;
    this.#freshMs = options.freshMs;
    this.#pages = new BoundedMap(options.freshMs > 0 ? options.capacity : 0);
  }

  /** How many pages are cached, including stale ones. */
  get size(): number {
    return this.#pages.size;
  }

  /** How many responses were invalidated so far; see {@link remember}. */
  get withdrawals(): number {
    return this.#withdrawals;
  }

  recall(key: string): { image: PageImage; fresh: boolean } | undefined {
    const known = this.#pages.get(key);
    if (!known) return undefined;
    const age = this.#clock.monotonic() - known.since;
    if (age >= 2 * this.#freshMs) return undefined;
    return { image: new RecalledImage(key, known).whole(), fresh: age < this.#freshMs };
  }

  /** A page's fresh response. Callers may keep it while it {@link isFresh}. */
  fresh(key: string): RecalledImage | undefined {
    const known = this.#pages.get(key);
    return known && this.#isFresh(known) ? new RecalledImage(key, known) : undefined;
  }

  /** Also `false` as soon as the page is invalidated or another response is cached. */
  isFresh({ known }: RecalledImage): boolean {
    return this.#isFresh(known);
  }

  /**
   * The last response, of any age, of a page that cannot be looked up. It then counts as fresh for
   * a few seconds, to limit calls to a failing store.
   */
  staleIfError(key: string): PageImage | undefined {
    const known = this.#pages.get(key);
    if (!known) return undefined;
    const freshFor = Math.min(CLING_MS, this.#freshMs);
    known.since = Math.floor(this.#clock.monotonic()) - this.#freshMs + freshFor;
    return new RecalledImage(key, known).whole();
  }

  /**
   * @param seenAt {@link withdrawals} before the page was looked up; a response that was
   *   invalidated since is not cached, because its image may be gone
   */
  remember(key: string, image: PageImage, seenAt: number): void {
    if ((this.#withdrawn.get(key) ?? 0) > seenAt) return;
    const { url, source, picture, placed, life } = image;
    const reliableFor = this.#life?.reliableFor(life) ?? Number.POSITIVE_INFINITY;
    const at = url.indexOf(key);
    const base = at === -1 ? undefined : url.slice(0, at);
    const urlRest = at === -1 ? url : url.slice(at + key.length);
    const { renditions, ...rough } = picture;
    const form = this.#shared({
      base,
      endsWithKey: base !== undefined && urlRest === '',
      source,
      placed,
      picture: rough,
      renditions: renditions && { widths: renditions.widths, country: renditions.of.country },
    });
    const rest = ownCopy(renditions ? packRenditions(renditions) + urlRest : urlRest);
    // If the image exists for a shorter time, the entry is stored as older. So serving compares
    // only one time.
    const tooLong = Math.max(0, 2 * this.#freshMs - reliableFor);
    const since = Math.floor(this.#clock.monotonic() - Math.min(tooLong, 2 * this.#freshMs));
    retire(this.#pages.get(key));
    retire(this.#pages.set(ownCopy(key), { form, rest, since })?.value);
  }

  forget(key: string): void {
    retire(this.#pages.get(key));
    this.#pages.delete(key);
  }

  /** Removes a changed page, and invalidates lookups in progress. */
  invalidate(key: string): void {
    this.#withdrawals += 1;
    this.#withdrawn.set(key, this.#withdrawals);
    this.forget(key);
  }

  #isFresh({ since }: Readonly<CachedResponse>): boolean {
    return this.#clock.monotonic() - since < this.#freshMs;
  }

  #shared(form: AnswerForm): AnswerForm {
    const name = JSON.stringify(form);
    const known = this.#forms.get(name);
    if (known) return known;
    this.#forms.set(name, form);
    return form;
  }
}

function retire(known: CachedResponse | undefined): void {
  if (known) known.since = FORGOTTEN;
}

/** A page that is requested repeatedly, mostly from the same country. Keeps its last response. */
export class PageLookup {
  readonly page: Page;
  #country: Country | undefined;
  #key: string | undefined;
  #recalled: RecalledImage | undefined;

  constructor(page: Page) {
    this.page = page;
  }

  /** The page's cached response, if fresh. The same object as long as the response is unchanged. */
  recallIn(
    country: Country | undefined,
    { keys, known }: { keys: ImageKeys; known: ResponseCache },
  ): RecalledImage | undefined {
    const key = this.keyIn(country, keys);
    if (!this.#recalled || !known.isFresh(this.#recalled)) this.#recalled = known.fresh(key);
    return this.#recalled;
  }

  /** The key of the page in a country. */
  keyIn(country: Country | undefined, keys: ImageKeys): string {
    if (this.#key === undefined || this.#country !== country) {
      this.#key = keys.page(this.page, country);
      this.#country = country;
      this.#recalled = undefined;
    }
    return this.#key;
  }
}
