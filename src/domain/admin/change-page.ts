import { CafeError } from '../errors.ts';
import type { ImageKeys, PoolPicture } from '../image-key.ts';
import {
  fallbackLabels,
  isFallback,
  labellingOf,
  type PageImage,
  pictureLabels,
  pictureOf,
} from '../page-image.ts';
import type { PageRequest } from '../page-request.ts';
import { placedImage } from '../placed-image.ts';
import type { PlacementSource, Placements } from '../placements.ts';
import type { Clock } from '../ports/clock.ts';
import type { ImageStore } from '../ports/image-store.ts';
import type { ObjectHead } from '../ports/object-store.ts';
import type { Claim, PageClaims } from '../ports/page-claims.ts';

/**
 * What became of a page. `busy`: its picture is just being painted, or it changes too fast; it can be
 * tried again.
 */
export type PageChange = 'changed' | 'unchanged' | 'busy';

/** How long one waits for a page that is being painted: longer than the lease of a painter who died. */
const MOST_WAIT_MS = 20_000;
/** How others' painting fails: that is none of the owner's concern here. */
const OTHERS_FAILURES: ReadonlySet<string> = new Set(['upstream_failed', 'generation_timeout']);

/**
 * Changes what pages show, by the owner's will. It is done under the page's claim, so that nobody paints
 * the page meanwhile, and by conditional writes.
 *
 * What the page has shown stands in its history from then on: whatever it gets next has an address of
 * its own, and no cache shows the picture that was there.
 */
export class ChangePage {
  readonly #store: ImageStore;
  readonly #keys: ImageKeys;
  readonly #claims: PageClaims;
  readonly #placements: Placements;
  readonly #forget: (pageKey: string) => void;
  readonly #clock: Clock;

  /** @param deps.forget hears of every page that shows something else now */
  constructor(deps: {
    store: ImageStore;
    keys: ImageKeys;
    claims: PageClaims;
    placements: Placements;
    forget: (pageKey: string) => void;
    clock: Clock;
  }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#claims = deps.claims;
    this.#placements = deps.placements;
    this.#forget = deps.forget;
    this.#clock = deps.clock;
  }

  /**
   * Takes a picture off a page, if it shows it. The page has none then, until it is asked for.
   *
   * @throws CafeError `storage_unavailable`
   */
  async takeOff(request: PageRequest, picture: PoolPicture): Promise<PageChange> {
    return this.#underClaim(request, picture, async () => {
      const there = await this.#store.head(request.key);
      if (!there || labellingOf(there).generation !== picture.id) return 'unchanged';
      await this.#store.delete(request.key);
      return 'changed';
    });
  }

  /**
   * Shows a picture of the pool on a page.
   *
   * @param over what may be replaced: `fallbacks` leaves a page alone that has got one of its own
   * @throws CafeError `storage_unavailable`, `no_image_available` where the picture is not in the pool
   */
  async show(
    request: PageRequest,
    picture: PoolPicture,
    { source, over }: { source: PlacementSource; over: 'anything' | 'fallbacks' },
  ): Promise<PageChange> {
    return this.#underClaim(request, picture, async () => {
      const there = await this.#store.head(request.key);
      if (there && over === 'fallbacks' && !isFallback(there)) return 'unchanged';
      await this.#placements.write(request, picture, source);
      const image = await this.#put(request, picture, source, there);
      return image ? 'changed' : 'busy';
    });
  }

  /** `undefined` where the page shows something else by now. */
  async #put(
    { key }: PageRequest,
    { day, id, country }: PoolPicture,
    source: PlacementSource,
    there: ObjectHead | undefined,
  ): Promise<PageImage | undefined> {
    const object = await this.#store.get(this.#keys.dated(day, id, country));
    if (!object) throw new CafeError('no_image_available', 'This picture is not in the pool.');
    const picture = pictureOf(object, country);
    const labelling = { generation: id, revision: id };
    const labels =
      source === 'fallback'
        ? fallbackLabels(picture, labelling)
        : pictureLabels(picture, labelling);
    const condition = there ? { ifMatch: there.etag } : ({ ifAbsent: true } as const);
    const etag = await this.#store.put(key, object.bytes, labels, condition);
    return etag === undefined ? undefined : placedImage(this.#store, key, picture, id);
  }

  async #underClaim(
    request: PageRequest,
    picture: PoolPicture,
    work: () => Promise<PageChange>,
  ): Promise<PageChange> {
    const datedKey = this.#keys.dated(picture.day, picture.id, picture.country);
    const claim = await this.#claim(request, datedKey);
    if (!claim) return 'busy';
    // What was bought for the page and not placed is still to be found by whoever paints it.
    const unplaced = claim.history.making !== undefined;
    let change: PageChange = 'busy';
    try {
      change = await work();
      return change;
    } finally {
      this.#forget(request.key);
      const shown = change === 'changed' ? { shown: picture.id } : {};
      await claim.release({ ...shown, unplaced });
    }
  }

  /** `undefined` where another holds the page for too long. */
  async #claim(request: PageRequest, datedKey: string): Promise<Claim | undefined> {
    const waiting = new AbortController();
    void this.#clock.sleep(MOST_WAIT_MS).then(() => waiting.abort());
    while (!waiting.signal.aborted) {
      try {
        const claim = await this.#claims.claim(request, datedKey, waiting.signal);
        if (claim) return claim;
      } catch (error) {
        const isOthers = error instanceof CafeError && OTHERS_FAILURES.has(error.code);
        if (!isOthers && !waiting.signal.aborted) throw error;
      }
    }
    return undefined;
  }
}
