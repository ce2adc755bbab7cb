import type { PageImage } from '../../images/image-labels.ts';
import type { ImageLifetime } from '../../images/image-lifetime.ts';
import { BoundedMap } from '../../kernel/bounded-map.ts';
import type { Clock } from '../../kernel/clock.ts';
import { ownCopy } from '../../kernel/own-copy.ts';
import { type AnswerForm, type CachedResponse, RecalledImage } from './cached-response.ts';
import { packRenditions } from './packed-renditions.ts';

/** How long the answer of a page that could not be checked is given without trying again. */
const CLING_MS = 5_000;
/** A few for each country; far more would mean that pictures are of all sizes. */
const REMEMBERED_FORMS = 10_000;
/** More than the owner changes while a page is looked up. */
const REMEMBERED_WITHDRAWALS = 10_000;
/** Whoever still has an answer that is remembered no more finds it older than any that is given. */
const FORGOTTEN = -(2 ** 30);

/**
 * The answers of pages that were served lately, so that serving them again makes no call.
 *
 * An answer is fresh for a while; for as long again it is still given, and is to be checked behind
 * the reader's back; then it is given no more, so that no picture that is gone is shown for long, but
 * to fall back on while the store cannot be asked. It is given no more, either, once its picture may expire at
 * any moment: then the store is asked each time. Ages are monotonic: a wall clock that jumps changes
 * nothing. Beyond the capacity, the page that was remembered longest ago goes first. A page takes some
 * 250 bytes (`npm run bench`).
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
   * @param options.freshMs 0 remembers nothing
   * @param options.life absent where no picture expires
   */
  constructor(options: { clock: Clock; freshMs: number; capacity: number; life?: ImageLifetime }) {
    this.#clock = options.clock;
    this.#life = options.life;
    this.#freshMs = options.freshMs;
    this.#pages = new BoundedMap(options.freshMs > 0 ? options.capacity : 0);
  }

  /** How many pages are remembered, those that are not fresh any more included. */
  get size(): number {
    return this.#pages.size;
  }

  /** How often an answer was withdrawn so far; see {@link remember}. */
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

  /** A page's answer, where it is fresh; to be kept, if you like, for as long as it {@link isFresh}. */
  fresh(key: string): RecalledImage | undefined {
    const known = this.#pages.get(key);
    return known && this.#isFresh(known) ? new RecalledImage(key, known) : undefined;
  }

  /** `false`, too, as soon as the page is forgotten, or another answer is remembered. */
  isFresh({ known }: RecalledImage): boolean {
    return this.#isFresh(known);
  }

  /**
   * The last answer of a page that cannot be looked up, whatever its age. For a few seconds it counts
   * as fresh, so that a store that is away is not asked all the time.
   */
  staleIfError(key: string): PageImage | undefined {
    const known = this.#pages.get(key);
    if (!known) return undefined;
    const freshFor = Math.min(CLING_MS, this.#freshMs);
    known.since = Math.floor(this.#clock.monotonic()) - this.#freshMs + freshFor;
    return new RecalledImage(key, known).whole();
  }

  /**
   * @param seenAt {@link withdrawals} before the page was looked up: an answer that was withdrawn since
   *   is not remembered, as what was seen may be gone
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
    // Older than it is where it is good for less, so that giving it needs no second look at a clock.
    const tooLong = Math.max(0, 2 * this.#freshMs - reliableFor);
    const since = Math.floor(this.#clock.monotonic() - Math.min(tooLong, 2 * this.#freshMs));
    this.forget(key);
    retire(this.#pages.set(ownCopy(key), { form, rest, since })?.value);
  }

  forget(key: string): void {
    retire(this.#pages.get(key));
    this.#pages.delete(key);
  }

  /** Forgets a page that was changed, whatever is being looked up of it just now. */
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
