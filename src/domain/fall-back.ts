import { fallbackLabels, type PageImage, type Picture, pictureOf } from './page-image.ts';
import { aboutPage, type PageRequest } from './page-request.ts';
import type { PicturePool, StoredPicture } from './picture-pool.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { FallbackReason, Journal } from './ports/journal.ts';

/** Others may have deleted what the pool still knows; then another picture is chosen. */
const TRIES = 5;

/** Serves a page a picture that was made for another one. Never calls a generator. */
export class FallBack {
  readonly #store: ImageStore;
  readonly #pool: PicturePool;
  readonly #journal: Journal;

  constructor(deps: { store: ImageStore; pool: PicturePool; journal: Journal }) {
    this.#store = deps.store;
    this.#pool = deps.pool;
    this.#journal = deps.journal;
  }

  /**
   * A copy of a random picture, placed under the page's key; `undefined` where there is none.
   *
   * Two kinds of page get the pool's own URL and keep no copy: one that should have had a picture of
   * its own but for a failing generator, and one whose reader's country is unknown only because the
   * locator is down. Both would hold on to the wrong picture.
   */
  async serve(request: PageRequest, reason: FallbackReason): Promise<PageImage | undefined> {
    const keepsCopy =
      reason === 'budget_exhausted' && (request.country !== undefined || request.countryIsReliable);
    for (let tries = 0; tries < TRIES; tries += 1) {
      // So many have gone that what is known of the pool is of no use.
      const isLast = tries === TRIES - 1;
      const { country } = request;
      const chosen = await (isLast ? this.#pool.look(country) : this.#pool.choose(country));
      if (!chosen) return undefined;
      const picture = await this.#placed(chosen, keepsCopy ? request.key : undefined);
      if (!picture) {
        this.#pool.drop(chosen.key);
        continue;
      }
      this.#journal.record({
        ...aboutPage(request),
        event: 'fallback_chosen',
        reason,
        key: chosen.key,
      });
      const url = this.#store.urlFor(keepsCopy ? request.key : chosen.key);
      return { url, source: 'fallback', picture };
    }
    return undefined;
  }

  /** What the chosen picture shows, once it is copied where it should be; `undefined` if it is gone. */
  async #placed(chosen: StoredPicture, to: string | undefined): Promise<Picture | undefined> {
    // A copy gets labels of its own, for which the picture's size has to be known.
    const head = await this.#store.head(chosen.key);
    if (!head) return undefined;
    const picture = pictureOf(head, chosen.country);
    if (to === undefined) return picture;
    const copied = await this.#store.copy(chosen.key, to, fallbackLabels(head, picture));
    return copied === 'copied' ? picture : undefined;
  }
}
