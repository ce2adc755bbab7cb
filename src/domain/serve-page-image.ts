import { CafeError, draining, GenerationError } from './errors.ts';
import type { FallBack } from './fall-back.ts';
import { Flights } from './flights.ts';
import type { ImageKeys } from './image-key.ts';
import type { KeepPicture } from './keep-picture.ts';
import type { KnownPages } from './known-pages.ts';
import type { MakePicture } from './make-picture.ts';
import type { Page } from './page.ts';
import { type PageImage, pictureOf } from './page-image.ts';
import { aboutPage, type PageRequest } from './page-request.ts';
import type { GeoLocator, Visitor } from './ports/geo-locator.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { Journal } from './ports/journal.ts';

export interface ServePageImageDeps {
  locator: GeoLocator;
  store: ImageStore;
  keys: ImageKeys;
  known: KnownPages;
  makePicture: MakePicture;
  keepPicture: KeepPicture;
  fallBack: FallBack;
  journal: Journal;
  /** Answer from the pool when the generator fails, instead of with an error. */
  fallBackOnUpstreamError: boolean;
}

/**
 * The picture of a page for a reader: the one it has, else a new one, else another page's.
 *
 * For each page and country at most one search is under way. It belongs to the service: it goes on
 * to its end, and what it bought is stored, even when every reader has left.
 */
export class ServePageImage {
  readonly #deps: ServePageImageDeps;
  readonly #searches = new Flights<PageImage>();
  readonly #checks = new Flights<void>();
  #closed = false;

  constructor(deps: ServePageImageDeps) {
    this.#deps = deps;
  }

  /**
   * @throws CafeError `storage_unavailable`, `upstream_failed`, `generation_timeout`,
   *   `no_image_available` where the budget is spent and there is nothing to fall back on, or
   *   `draining` once it is closed
   */
  async serve(page: Page, visitor: Visitor): Promise<PageImage> {
    const { locator, keys, known } = this.#deps;
    const { country, reliable } = await locator.locate(visitor);
    if (this.#closed) throw draining();
    const key = keys.page(page, country);
    const recalled = known.recall(key);
    if (!recalled) {
      const request = { page, country, countryIsReliable: reliable, key };
      return this.#searches.join(key, () => this.#search(request));
    }
    if (!recalled.fresh) void this.#checks.join(key, () => this.#check(key, recalled.image));
    return recalled.image;
  }

  /** Resolves when all that was started has ended, whether or not somebody waits for it. */
  async finished(): Promise<void> {
    await Promise.all([this.#searches.landed(), this.#checks.landed()]);
  }

  /** Takes no more requests and starts no more calls; resolves when all that runs has ended. */
  close(): Promise<void> {
    this.#closed = true;
    this.#deps.makePicture.close();
    return this.finished();
  }

  async #search(request: PageRequest): Promise<PageImage> {
    try {
      const image =
        (await this.#find(request)) ??
        (await this.#deps.keepPicture.repair(request)) ??
        (await this.#make(request)) ??
        (await this.#deps.fallBack.serve(request, 'budget_exhausted'));
      if (image) return this.#remember(request.key, image);
      throw new CafeError('no_image_available', 'There is no picture to show yet.');
    } catch (cause) {
      const code = cause instanceof CafeError ? cause.code : 'internal';
      // A failed generation is in the journal already, and to stop is no failure.
      if (!(cause instanceof GenerationError) && code !== 'draining') {
        this.#deps.journal.record({ ...aboutPage(request), event: 'page_failed', code, cause });
      }
      throw cause;
    }
  }

  async #find({ key, country }: PageRequest): Promise<PageImage | undefined> {
    const head = await this.#deps.store.head(key);
    if (!head) return undefined;
    this.#deps.keepPicture.placed(key);
    return {
      url: this.#deps.store.urlFor(key),
      source: 'stored',
      picture: pictureOf(head, country),
    };
  }

  async #make(request: PageRequest): Promise<PageImage | undefined> {
    const { makePicture, keepPicture, fallBack, fallBackOnUpstreamError } = this.#deps;
    try {
      const made = await makePicture.make(request);
      return made && (await keepPicture.keep(request, made));
    } catch (error) {
      if (!fallBackOnUpstreamError || !(error instanceof GenerationError)) throw error;
      const fallback = await fallBack.serve(request, 'upstream_failed');
      if (!fallback) throw error;
      return fallback;
    }
  }

  /** Only the stable key is remembered: another URL says that the page still needs placing. */
  #remember(key: string, image: PageImage): PageImage {
    if (image.url === this.#deps.store.urlFor(key)) {
      this.#deps.known.remember(key, { ...image, source: 'stored' });
    }
    return image;
  }

  /** Notices pictures that were deleted behind the service's back. */
  async #check(key: string, image: PageImage): Promise<void> {
    try {
      if (await this.#deps.store.head(key)) return this.#deps.known.remember(key, image);
      this.#deps.known.forget(key);
      this.#deps.journal.record({ event: 'page_vanished', key });
    } catch (cause) {
      this.#deps.journal.record({ event: 'page_check_failed', key, cause });
    }
  }
}
