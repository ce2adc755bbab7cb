import { chooseFallback } from './choose-fallback.ts';
import type { ImageKeys } from './image-key.ts';
import { fallbackLabels, type PageImage, pictureOf } from './page-image.ts';
import { aboutPage, type PageRequest } from './page-request.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { FallbackReason, Journal } from './ports/journal.ts';

/** A picture may vanish between the listing and the copy; then another one is chosen. */
const TRIES = 5;

/** Serves a page a picture that was made for another one. Never calls a generator. */
export class FallBack {
  readonly #store: ImageStore;
  readonly #keys: ImageKeys;
  readonly #journal: Journal;

  constructor(deps: { store: ImageStore; keys: ImageKeys; journal: Journal }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
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
      const chosen = await chooseFallback(this.#store, this.#keys, request.country);
      if (!chosen) return undefined;
      const head = await this.#store.head(chosen.key);
      if (!head) continue;
      const picture = pictureOf(head, chosen.parsed.country);
      const labels = fallbackLabels(head, picture);
      if (keepsCopy && !(await this.#store.copy(chosen.key, request.key, labels))) continue;
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
}
