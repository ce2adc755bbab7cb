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
import type { PageClaims, PageHistory } from '../../pages/page-claims.ts';
import { aboutPage, type PageRequest } from '../../pages/page-request.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { ImageStore } from '../../storage/image-store.ts';
import type { ObjectHead } from '../../storage/object-store.ts';
import type { ImagesBeingHidden } from '../moderation/images-being-hidden.ts';
import { findPlaced, placedImage } from '../placement/placed-image.ts';
import type { PlacementIndex } from '../placement/placement-index.ts';
import type { ImagePool, StoredImage } from '../pool/image-pool.ts';
import type { FallbackQuota } from './fallback-quota.ts';
import type { VerifyCopies } from './verify-copies.ts';

/** Others may have deleted what the pool still knows; then another picture is chosen. */
const TRIES = 5;

/** Why a page keeps its fallback: it is known to be a page, and to get no picture of its own for now. */
const PLACED: ReadonlySet<FallbackReason> = new Set(['budget_exhausted', 'awaiting_review']);

/** A picture of the pool, looked at. */
interface Chosen {
  stored: StoredImage;
  head: ObjectHead;
  picture: Picture;
}

/** One that it is written down of that the page is about to get it. */
interface Noted extends Chosen {
  /** Absent where nobody knows which it is, and nothing is written down. */
  of: PoolImage | undefined;
}

/** Serves a page a picture that was made for another one. Never calls a generator. */
export class ServeFallback {
  readonly #store: ImageStore;
  readonly #pool: ImagePool;
  readonly #claims: PageClaims;
  readonly #copies: FallbackQuota;
  readonly #checkCopies: VerifyCopies;
  readonly #keys: ImageKeys;
  readonly #placementIndex: PlacementIndex;
  readonly #beingHidden: ImagesBeingHidden;
  readonly #journal: Journal;

  constructor(deps: {
    store: ImageStore;
    pool: ImagePool;
    claims: PageClaims;
    copies: FallbackQuota;
    checkCopies: VerifyCopies;
    keys: ImageKeys;
    placementIndex: PlacementIndex;
    beingHidden: ImagesBeingHidden;
    journal: Journal;
  }) {
    this.#store = deps.store;
    this.#pool = deps.pool;
    this.#claims = deps.claims;
    this.#copies = deps.copies;
    this.#checkCopies = deps.checkCopies;
    this.#keys = deps.keys;
    this.#placementIndex = deps.placementIndex;
    this.#beingHidden = deps.beingHidden;
    this.#journal = deps.journal;
  }

  /**
   * A copy of a random picture, placed under the page's key; `undefined` where there is none.
   *
   * Some pages get the pool's own URL and keep no copy: one that should have had a picture of its own
   * but for a failing generator, one whose reader may have nothing bought, and one whose reader's country
   * is unknown only because the locator is down, would hold on to the wrong picture; and beyond the
   * day's copies nobody gets one. For those the picture is chosen by the page, so that it keeps it. Nor
   * does a page keep a picture of another country while there may be one of its own in the pool.
   *
   * @param known what is written of the page, where the caller knows already
   */
  async serve(
    request: PageRequest,
    reason: FallbackReason,
    known?: PageHistory,
  ): Promise<PageImage | undefined> {
    const mayPlace =
      PLACED.has(reason) && (request.country !== undefined || request.countryIsReliable);
    await this.#pool.waitUntilKnown();
    if (!mayPlace || !this.#copies.take()) return this.#fromPool(request, reason);
    const [history, first] = await Promise.all([
      known ?? this.#claims.recall(request),
      this.#chooseNoted(request),
    ]);
    for (let tries = 0, chosen = first; chosen && tries < TRIES; tries += 1) {
      const image = chosen.stored.isGuess
        ? this.#asItIs(chosen)
        : await this.#place(request, chosen, history);
      if (image?.source === 'fallback') this.#tell(request, reason, chosen);
      if (image) return image;
      this.#pool.drop(chosen.stored.key);
      chosen = await this.#chooseNoted(request);
    }
    this.#copies.giveBack();
    return undefined;
  }

  /**
   * The pool's own URL of a picture that is known to be there, chosen by the page; `undefined` where
   * none is known. Writes nothing and lists nothing, so that it may be asked for any page.
   *
   * @throws CafeError `storage_unavailable`
   */
  async suggest({ key, country }: PageRequest): Promise<PageImage | undefined> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const stored = this.#pool.recall(country, key);
      const head = stored && (await this.#store.head(stored.key));
      if (head) return this.#asItIs({ stored, head, picture: pictureOf(head, stored.country) });
      if (!stored) return undefined;
      this.#pool.drop(stored.key);
    }
    return undefined;
  }

  /** Resolves when no copy is left to be looked at once more. */
  finished(): Promise<void> {
    return this.#checkCopies.finished();
  }

  async #fromPool(request: PageRequest, reason: FallbackReason): Promise<PageImage | undefined> {
    const chosen = await this.#choose(request, { by: request.key });
    if (!chosen) return undefined;
    this.#tell(request, reason, chosen);
    return this.#asItIs(chosen);
  }

  #asItIs({ stored, head, picture }: Chosen): PageImage {
    const { revision } = labellingOf(head);
    // Where there is no pool it may be another page's.
    const image = placedImage(this.#store, stored.key, picture, revision, 'fallback');
    return { ...image, placed: false };
  }

  /** A picture that is there, for a copy gets labels of its own, for which its size has to be known. */
  async #choose(
    { country }: PageRequest,
    { by, note }: { by?: string; note?: (stored: StoredImage) => Promise<void> },
  ): Promise<Chosen | undefined> {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      // So many have gone that what is known of the pool is of no use.
      const isLast = tries === TRIES;
      const stored = await (isLast ? this.#pool.look(country) : this.#pool.choose(country, by));
      if (!stored) return undefined;
      const [head] = await Promise.all([this.#store.head(stored.key), note?.(stored)]);
      if (head && !this.#beingHidden.areShownBy(head)) {
        return { stored, head, picture: pictureOf(head, stored.country) };
      }
      // A page's, as the pool has none: to look again would find the same.
      if (head && !this.#datedOf(stored)) return undefined;
      this.#pool.drop(stored.key);
    }
    return undefined;
  }

  /** Writes down which picture the page is about to get while it is looked at: that takes no longer. */
  async #chooseNoted(request: PageRequest): Promise<Noted | undefined> {
    const note = async (stored: StoredImage) => {
      const dated = stored.isGuess ? undefined : this.#datedOf(stored);
      if (dated) await this.#placementIndex.write(request, dated, 'fallback');
    };
    const chosen = await this.#choose(request, { note });
    if (!chosen) return undefined;
    const of = this.#datedOf(chosen.stored) ?? (await this.#noteOfPages(request, chosen));
    return { ...chosen, of };
  }

  /** Of another page's picture only its labels and its own note tell which it is. */
  async #noteOfPages(
    request: PageRequest,
    { stored, head }: Chosen,
  ): Promise<PoolImage | undefined> {
    const { generation: id } = labellingOf(head);
    const placement = id && (await this.#placementIndex.read(id, stored.key));
    if (!placement) return undefined;
    const { day, country } = placement.picture;
    const picture = { id, day, country: countryByCode(country) };
    await this.#placementIndex.write(request, picture, 'fallback');
    return picture;
  }

  /** Absent for a page's picture, which is only shown where there is no other. */
  #datedOf({ key }: StoredImage): PoolImage | undefined {
    const parsed = this.#keys.parse(key);
    return parsed?.kind === 'dated' ? parsed : undefined;
  }

  /** `undefined` where the picture has gone. The page may have got one of its own meanwhile. */
  async #place(
    request: PageRequest,
    { stored, head, picture, of }: Noted,
    { shown }: PageHistory,
  ): Promise<PageImage | undefined> {
    const generation = of?.id ?? labellingOf(head).generation;
    // Caches may still have the page's own picture, which is gone, under the URL without.
    const revision = shown ? (generation ?? randomUUID()) : undefined;
    const labels = fallbackLabels(picture, { generation, revision });
    const { key } = request;
    const copy = await this.#store.copy(stored.key, key, labels, { ifAbsent: true });
    if (copy === 'missing') return undefined;
    if (copy === 'exists') return (await findPlaced(this.#store, request))?.image;
    if (of) this.#checkCopies.begin(request, of, this.#datedOf(stored) ? 'pool' : 'page');
    return placedImage(this.#store, key, picture, revision, 'fallback');
  }

  #tell(request: PageRequest, reason: FallbackReason, { stored: { key } }: Chosen): void {
    this.#journal.record({ ...aboutPage(request), event: 'fallback_chosen', reason, key });
  }
}
