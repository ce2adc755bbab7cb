import { randomUUID } from 'node:crypto';
import { countryByCode } from '../../countries/country.ts';
import {
  fallbackLabels,
  labellingOf,
  type PageImage,
  type Picture,
  pictureOf,
} from '../../images/image-labels.ts';
import type { FallbackReason, Journal } from '../../monitoring/journal.ts';
import { aboutPage, type PageRequest } from '../../pages/page.ts';
import type { PageClaims, PageHistory } from '../../pages/page-claims.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { ImageStore } from '../../storage/image-store.ts';
import type { ObjectHead } from '../../storage/object-store.ts';
import type { ImagesBeingHidden } from '../moderation/images-being-hidden.ts';
import { findPlaced, placedImage } from '../placement/place-image.ts';
import type { PlacementIndex } from '../placement/placement-index.ts';
import type { ImagePool, StoredImage } from '../pool/image-pool.ts';
import type { FallbackQuota } from './fallback-quota.ts';
import type { VerifyCopies } from './verify-copies.ts';

/** An image that the pool still lists may be deleted; another one is then chosen. */
const TRIES = 5;

/**
 * Reasons for which a page keeps its fallback: the page is known, and gets no image of its own for
 * now.
 */
const PLACED: ReadonlySet<FallbackReason> = new Set(['budget_exhausted', 'awaiting_review']);

/** A pool image that was looked up. */
interface Chosen {
  stored: StoredImage;
  head: ObjectHead;
  picture: Picture;
}

/** A chosen image whose placement on the page is recorded. */
interface Noted extends Chosen {
  /** Absent if the image is unknown; no placement is recorded then. */
  of: PoolImage | undefined;
}

interface Deps {
  store: ImageStore;
  pool: ImagePool;
  claims: PageClaims;
  copies: FallbackQuota;
  checkCopies: VerifyCopies;
  keys: ImageKeys;
  placementIndex: PlacementIndex;
  beingHidden: ImagesBeingHidden;
  journal: Journal;
}

/** Serves a page an image that was made for another page. Never calls a generator. */
export class ServeFallback {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * A copy of a random image, placed under the page's key; `undefined` if there is none.
   *
   * Some pages get the pool's own URL instead of a copy, because a copy would fix the wrong image
   * on the page:
   *
   * - pages that only lack their own image because the generator failed
   * - pages whose reader may not trigger generation
   * - pages whose reader's country is unknown only because geolocation is down
   * - all pages, once the day's copies are used up
   *
   * For those, the page determines the image, so that it stays the same. A page does not keep an
   * image of another country either while the pool may have one of its own country.
   *
   * @param known the page's history, if the caller has it
   */
  async serve(
    request: PageRequest,
    reason: FallbackReason,
    known?: PageHistory,
  ): Promise<PageImage | undefined> {
    const mayPlace =
      PLACED.has(reason) && (request.country !== undefined || request.countryIsReliable);
    await this.#deps.pool.waitUntilKnown();
    if (!mayPlace || !this.#deps.copies.take()) return this.#fromPool(request, reason);
    const [history, first] = await Promise.all([
      known ?? this.#deps.claims.recall(request),
      this.#chooseNoted(request),
    ]);
    for (let tries = 0, chosen = first; chosen && tries < TRIES; tries += 1) {
      const image = chosen.stored.isGuess
        ? this.#asItIs(chosen)
        : await this.#place(request, chosen, history);
      if (image?.source === 'fallback') this.#tell(request, reason, chosen);
      if (image) return image;
      this.#deps.pool.drop(chosen.stored.key);
      chosen = await this.#chooseNoted(request);
    }
    this.#deps.copies.giveBack();
    return undefined;
  }

  /**
   * The pool URL of a known image, determined by the page; `undefined` if none is known. Writes and
   * lists nothing, so it is safe for any page.
   *
   * @throws CafeError `storage_unavailable`
   */
  async suggest({ key, country }: PageRequest): Promise<PageImage | undefined> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const stored = this.#deps.pool.recall(country, key);
      const head = stored && (await this.#deps.store.head(stored.key));
      if (head) return this.#asItIs({ stored, head, picture: pictureOf(head, stored.country) });
      if (!stored) return undefined;
      this.#deps.pool.drop(stored.key);
    }
    return undefined;
  }

  /** Resolves when no copy is left to verify. */
  finished(): Promise<void> {
    return this.#deps.checkCopies.finished();
  }

  async #fromPool(request: PageRequest, reason: FallbackReason): Promise<PageImage | undefined> {
    const chosen = await this.#choose(request, { by: request.key });
    if (!chosen) return undefined;
    this.#tell(request, reason, chosen);
    return this.#asItIs(chosen);
  }

  #asItIs({ stored, head, picture }: Chosen): PageImage {
    const { revision } = labellingOf(head);
    // Without a pool, it may be another page's image.
    const image = placedImage(this.#deps.store, stored.key, picture, revision, 'fallback');
    return { ...image, placed: false };
  }

  /** An existing image. A copy gets its own labels, which need the image's size. */
  async #choose(
    { country }: PageRequest,
    { by, note }: { by?: string; note?: (stored: StoredImage) => Promise<void> },
  ): Promise<Chosen | undefined> {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      // Too many chosen images are gone, so the known pool is outdated: look at the store.
      const isLast = tries === TRIES;
      const stored = await (isLast
        ? this.#deps.pool.look(country)
        : this.#deps.pool.choose(country, by));
      if (!stored) return undefined;
      const [head] = await Promise.all([this.#deps.store.head(stored.key), note?.(stored)]);
      if (head && !this.#deps.beingHidden.areShownBy(head)) {
        return { stored, head, picture: pictureOf(head, stored.country) };
      }
      // The pool is empty, so this is another page's image. Another try would find the same one.
      if (head && !this.#datedOf(stored)) return undefined;
      this.#deps.pool.drop(stored.key);
    }
    return undefined;
  }

  /**
   * Records which image the page is about to get, in parallel with the lookup, so that it takes no
   * extra time.
   */
  async #chooseNoted(request: PageRequest): Promise<Noted | undefined> {
    const note = async (stored: StoredImage) => {
      const dated = stored.isGuess ? undefined : this.#datedOf(stored);
      if (dated) await this.#deps.placementIndex.write(request, dated, 'fallback');
    };
    const chosen = await this.#choose(request, { note });
    if (!chosen) return undefined;
    const of = this.#datedOf(chosen.stored) ?? (await this.#noteOfPages(request, chosen));
    return { ...chosen, of };
  }

  /** Only the labels and the placement record identify another page's image. */
  async #noteOfPages(
    request: PageRequest,
    { stored, head }: Chosen,
  ): Promise<PoolImage | undefined> {
    const { generation: id } = labellingOf(head);
    const placement = id && (await this.#deps.placementIndex.read(id, stored.key));
    if (!placement) return undefined;
    const { day, country } = placement.picture;
    const picture = { id, day, country: countryByCode(country) };
    await this.#deps.placementIndex.write(request, picture, 'fallback');
    return picture;
  }

  /** Absent for another page's image, which is used only if the pool is empty. */
  #datedOf({ key }: StoredImage): PoolImage | undefined {
    const parsed = this.#deps.keys.parse(key);
    return parsed?.kind === 'dated' ? parsed : undefined;
  }

  /** `undefined` if the image is gone. The page may have received its own image meanwhile. */
  async #place(
    request: PageRequest,
    { stored, head, picture, of }: Noted,
    { shown }: PageHistory,
  ): Promise<PageImage | undefined> {
    const generation = of?.id ?? labellingOf(head).generation;
    // Without a revision, caches may still serve the page's own image, which is gone.
    const revision = shown ? (generation ?? randomUUID()) : undefined;
    const labels = fallbackLabels(picture, { generation, revision });
    const { key } = request;
    const copy = await this.#deps.store.copy(stored.key, key, labels, { ifAbsent: true });
    if (copy === 'missing') return undefined;
    if (copy === 'exists') return (await findPlaced(this.#deps.store, request))?.image;
    if (of) this.#deps.checkCopies.begin(request, of, this.#datedOf(stored) ? 'pool' : 'page');
    return placedImage(this.#deps.store, key, picture, revision, 'fallback');
  }

  #tell(request: PageRequest, reason: FallbackReason, { stored: { key } }: Chosen): void {
    this.#deps.journal.record({ ...aboutPage(request), event: 'fallback_chosen', reason, key });
  }
}
