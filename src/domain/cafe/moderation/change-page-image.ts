import { randomUUID } from 'node:crypto';
import {
  fallbackLabels,
  isFallback,
  labellingOf,
  pictureLabels,
  pictureOf,
} from '../../images/image-labels.ts';
import type { Clock } from '../../kernel/clock.ts';
import { dayAt } from '../../kernel/day.ts';
import { CafeError } from '../../kernel/errors.ts';
import type { PageRequest } from '../../pages/page.ts';
import type { Claim, ClaimEnding, PageClaims } from '../../pages/page-claims.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { ImageStore } from '../../storage/image-store.ts';
import type { ObjectHead } from '../../storage/object-store.ts';
import type { PlacementIndex, PlacementSource } from '../placement/placement-index.ts';

/**
 * What happened to a page. `busy`: its image is being generated, or it changes too often; try
 * again. `missing`: the image to show is not in the pool.
 */
export type PageChange = 'changed' | 'unchanged' | 'busy' | 'missing';

/** After these results, the image is no longer to be placed on the page. */
const IS_DONE: ReadonlySet<PageChange> = new Set(['changed', 'unchanged']);
/**
 * How long to wait for a page whose image is being generated: longer than the lease of a crashed
 * process.
 */
const MAX_WAIT_MS = 20_000;
/** How often a page is looked up again if it changes at the same time. */
const TRIES = 3;
/** Failures of a generation in another process. They do not prevent a change. */
const OTHERS_FAILURES: ReadonlySet<string> = new Set(['upstream_failed', 'generation_timeout']);

interface Deps {
  store: ImageStore;
  keys: ImageKeys;
  claims: PageClaims;
  placementIndex: PlacementIndex;
  forget: (pageKey: string) => void;
  clock: Clock;
}

/**
 * Changes what pages show on the owner's request. It holds the page's claim, so that no process
 * generates for the page meanwhile, and uses conditional writes.
 *
 * Everything the page has shown is in its history. Its next image gets a new URL, so that no cache
 * shows the previous one.
 */
export class ChangePageImage {
  readonly #deps: Deps;

  /** @param deps.forget called for every page that now shows another image */
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Removes an image from a page that shows it. The page then has no image until the next request.
   *
   * @param withFallback also remove a fallback
   * @throws CafeError `storage_unavailable`
   */
  async takeOff(
    request: PageRequest,
    picture: PoolImage,
    { withFallback }: { withFallback: boolean },
  ): Promise<PageChange> {
    return this.#underClaim(request, picture, async () => {
      const there = await this.#deps.store.head(request.key);
      if (!there) return 'unchanged';
      const isToGo = labellingOf(there).generation === picture.id;
      if (!isToGo && !(withFallback && isFallback(there))) return 'unchanged';
      await this.#deps.store.delete(request.key);
      return 'changed';
    });
  }

  /**
   * Removes a copy of an image from a page without claiming it. This takes half as many calls and
   * never waits. The deletion compares in the same step, so an image the page receives meanwhile
   * stays. If the page is claimed, or the store has no conditional delete, it claims the page, see
   * {@link takeOff}.
   *
   * @throws CafeError `storage_unavailable`
   */
  async takeOffCopy(request: PageRequest, picture: PoolImage): Promise<PageChange> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const there = await this.#shows(request, picture);
      if (!there) return tries === 0 ? 'unchanged' : 'changed';
      if (!(await this.#deps.claims.noteShown(request, picture.id))) break;
      const outcome = await this.#deps.store.deleteIfMatch(request.key, there.etag);
      if (outcome === 'unsupported') break;
      this.#deps.forget(request.key);
      if (outcome === 'deleted') return 'changed';
    }
    return this.takeOff(request, picture, { withFallback: false });
  }

  /**
   * Shows a pool image on a page.
   *
   * @param over what may be replaced: `fallbacks` skips a page that has its own image
   * @throws CafeError `storage_unavailable`
   */
  async show(
    request: PageRequest,
    picture: PoolImage,
    { source, over }: { source: PlacementSource; over: 'anything' | 'fallbacks' },
  ): Promise<PageChange> {
    return this.#underClaim(request, picture, async (ending) => {
      const there = await this.#deps.store.head(request.key);
      if (there && over === 'fallbacks' && !isFallback(there)) return 'unchanged';
      await this.#deps.placementIndex.write(request, picture, source);
      return this.#put(request, picture, source, there, ending);
    });
  }

  /**
   * Restores an image to the pool from its own page, if it is missing there; returns whether it
   * did. The claim ensures that the generating process is not doing the same.
   *
   * @throws CafeError `storage_unavailable`
   */
  async putBack(request: PageRequest, picture: PoolImage): Promise<boolean> {
    if (!(await this.#shows(request, picture))) return false;
    const change = await this.#underClaim(request, picture, async () => {
      const there = await this.#shows(request, picture);
      if (!there) return 'unchanged';
      const shown = pictureOf(there, picture.country);
      const labels = pictureLabels(shown, { generation: picture.id, revision: undefined });
      const outcome = await this.#deps.store.copy(
        request.key,
        this.#deps.keys.dated(picture),
        labels,
      );
      return outcome === 'copied' ? 'changed' : 'missing';
    });
    return change === 'changed';
  }

  async #shows({ key }: PageRequest, { id }: PoolImage): Promise<ObjectHead | undefined> {
    const head = await this.#deps.store.head(key);
    return head && labellingOf(head).generation === id ? head : undefined;
  }

  async #put(
    request: PageRequest,
    picture: PoolImage,
    source: PlacementSource,
    there: ObjectHead | undefined,
    ending: ClaimEnding,
  ): Promise<PageChange> {
    const object = await this.#deps.store.get(this.#deps.keys.dated(picture));
    if (!object) return 'missing';
    const shown = pictureOf(object, picture.country);
    const labelling = { generation: picture.id, revision: picture.id };
    const labels =
      source === 'fallback' ? fallbackLabels(shown, labelling) : pictureLabels(shown, labelling);
    const condition = there ? { ifMatch: there.etag } : ({ ifAbsent: true } as const);
    const etag = await this.#deps.store.put(request.key, object.bytes, labels, condition);
    // The page changed since the lookup.
    if (etag === undefined) return 'busy';
    ending.shown = picture.id;
    if (await this.#deps.store.head(this.#deps.keys.dated(picture))) return 'changed';
    // Moderation removed the image meanwhile and looked at this page before the image was shown.
    if (await this.#shows(request, picture)) await this.#deps.store.delete(request.key);
    return 'missing';
  }

  async #underClaim(
    request: PageRequest,
    picture: PoolImage,
    work: (ending: ClaimEnding) => Promise<PageChange>,
  ): Promise<PageChange> {
    const claim = await this.#claim(request);
    if (!claim) return 'busy';
    const { making = [], isUnstored = false } = claim.history;
    // Keep unplaced images in the history, so that the next generation for the page finds them.
    const ending: ClaimEnding = { unplaced: making, isUnstored };
    try {
      const change = await work(ending);
      if (change === 'changed') ending.shown = picture.id;
      const datedKey = this.#deps.keys.dated(picture);
      if (IS_DONE.has(change)) ending.unplaced = making.filter((key) => key !== datedKey);
      return change;
    } finally {
      this.#deps.forget(request.key);
      await claim.release(ending);
    }
  }

  /** `undefined` if another process holds the claim for too long. */
  async #claim(request: PageRequest): Promise<Claim | undefined> {
    // This claim generates nothing. It needs a new id, because then it reports all images recorded
    // before.
    const nothing = {
      day: dayAt(this.#deps.clock.now()),
      id: randomUUID(),
      country: request.country,
    };
    const waiting = new AbortController();
    void this.#deps.clock.sleep(MAX_WAIT_MS).then(() => waiting.abort());
    while (!waiting.signal.aborted) {
      try {
        const claim = await this.#deps.claims.claim(
          request,
          this.#deps.keys.dated(nothing),
          waiting.signal,
        );
        if (claim) return claim;
      } catch (error) {
        const isOthers = error instanceof CafeError && OTHERS_FAILURES.has(error.code);
        if (!isOthers && !waiting.signal.aborted) throw error;
      }
    }
    return undefined;
  }
}
