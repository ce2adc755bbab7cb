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
import type { Claim, ClaimEnding, PageClaims } from '../../pages/page-claims.ts';
import type { PageRequest } from '../../pages/page-request.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { ImageStore } from '../../storage/image-store.ts';
import type { ObjectHead } from '../../storage/object-store.ts';
import type { PlacementIndex, PlacementSource } from '../placement/placement-index.ts';

/**
 * What became of a page. `busy`: its picture is just being painted, or it changes too fast; it can be
 * tried again. `missing`: the picture that it was to show is not in the pool.
 */
export type PageChange = 'changed' | 'unchanged' | 'busy' | 'missing';

/** After these the picture is not to be placed on the page any more. */
const IS_DONE: ReadonlySet<PageChange> = new Set(['changed', 'unchanged']);
/** How long one waits for a page that is being painted: longer than the lease of a painter who died. */
const MAX_WAIT_MS = 20_000;
/** How often a page is looked at again that has changed since. */
const TRIES = 3;
/** How others' painting fails: that is none of the owner's concern here. */
const OTHERS_FAILURES: ReadonlySet<string> = new Set(['upstream_failed', 'generation_timeout']);

/**
 * Changes what pages show, by the owner's will. It is done under the page's claim, so that nobody paints
 * the page meanwhile, and by conditional writes.
 *
 * What the page has shown stands in its history from then on: whatever it gets next has an address of
 * its own, and no cache shows the picture that was there.
 */
export class ChangePageImage {
  readonly #store: ImageStore;
  readonly #keys: ImageKeys;
  readonly #claims: PageClaims;
  readonly #placementIndex: PlacementIndex;
  readonly #forget: (pageKey: string) => void;
  readonly #clock: Clock;

  /** @param deps.forget hears of every page that shows something else now */
  constructor(deps: {
    store: ImageStore;
    keys: ImageKeys;
    claims: PageClaims;
    placementIndex: PlacementIndex;
    forget: (pageKey: string) => void;
    clock: Clock;
  }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#claims = deps.claims;
    this.#placementIndex = deps.placementIndex;
    this.#forget = deps.forget;
    this.#clock = deps.clock;
  }

  /**
   * Takes a picture off a page, if it shows it. The page has none then, until it is asked for.
   *
   * @param withFallback also one that was made for another page
   * @throws CafeError `storage_unavailable`
   */
  async takeOff(
    request: PageRequest,
    picture: PoolImage,
    { withFallback }: { withFallback: boolean },
  ): Promise<PageChange> {
    return this.#underClaim(request, picture, async () => {
      const there = await this.#store.head(request.key);
      if (!there) return 'unchanged';
      const isToGo = labellingOf(there).generation === picture.id;
      if (!isToGo && !(withFallback && isFallback(there))) return 'unchanged';
      await this.#store.delete(request.key);
      return 'changed';
    });
  }

  /**
   * Takes a copy of a picture off a page without claiming the page, which takes half as many calls and
   * waits for nobody: what is deleted is compared in the same step, so whatever the page gets meanwhile
   * stays. Where the page is held, or the store cannot do that, the page is claimed, see {@link takeOff}.
   *
   * @throws CafeError `storage_unavailable`
   */
  async takeOffCopy(request: PageRequest, picture: PoolImage): Promise<PageChange> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const there = await this.#shows(request, picture);
      if (!there) return tries === 0 ? 'unchanged' : 'changed';
      if (!(await this.#claims.noteShown(request, picture.id))) break;
      const outcome = await this.#store.deleteIfMatch(request.key, there.etag);
      if (outcome === 'unsupported') break;
      this.#forget(request.key);
      if (outcome === 'deleted') return 'changed';
    }
    return this.takeOff(request, picture, { withFallback: false });
  }

  /**
   * Shows a picture of the pool on a page.
   *
   * @param over what may be replaced: `fallbacks` leaves a page alone that has got one of its own
   * @throws CafeError `storage_unavailable`
   */
  async show(
    request: PageRequest,
    picture: PoolImage,
    { source, over }: { source: PlacementSource; over: 'anything' | 'fallbacks' },
  ): Promise<PageChange> {
    return this.#underClaim(request, picture, async (ending) => {
      const there = await this.#store.head(request.key);
      if (there && over === 'fallbacks' && !isFallback(there)) return 'unchanged';
      await this.#placementIndex.write(request, picture, source);
      return this.#put(request, picture, source, there, ending);
    });
  }

  /**
   * Puts a picture back into the pool that is there no more and that its own page shows; whether it
   * was. The claim sees to it that whoever painted it is not just about to do so.
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
      const outcome = await this.#store.copy(request.key, this.#keys.dated(picture), labels);
      return outcome === 'copied' ? 'changed' : 'missing';
    });
    return change === 'changed';
  }

  async #shows({ key }: PageRequest, { id }: PoolImage): Promise<ObjectHead | undefined> {
    const head = await this.#store.head(key);
    return head && labellingOf(head).generation === id ? head : undefined;
  }

  async #put(
    request: PageRequest,
    picture: PoolImage,
    source: PlacementSource,
    there: ObjectHead | undefined,
    ending: ClaimEnding,
  ): Promise<PageChange> {
    const object = await this.#store.get(this.#keys.dated(picture));
    if (!object) return 'missing';
    const shown = pictureOf(object, picture.country);
    const labelling = { generation: picture.id, revision: picture.id };
    const labels =
      source === 'fallback' ? fallbackLabels(shown, labelling) : pictureLabels(shown, labelling);
    const condition = there ? { ifMatch: there.etag } : ({ ifAbsent: true } as const);
    const etag = await this.#store.put(request.key, object.bytes, labels, condition);
    // Somebody else has changed it since it was looked at.
    if (etag === undefined) return 'busy';
    ending.shown = picture.id;
    if (await this.#store.head(this.#keys.dated(picture))) return 'changed';
    // It was taken down meanwhile, by somebody who looked at this page before it showed it.
    if (await this.#shows(request, picture)) await this.#store.delete(request.key);
    return 'missing';
  }

  async #underClaim(
    request: PageRequest,
    picture: PoolImage,
    work: (ending: ClaimEnding) => Promise<PageChange>,
  ): Promise<PageChange> {
    const claim = await this.#claim(request);
    if (!claim) return 'busy';
    const { making = [] } = claim.history;
    // What was bought for the page and not placed is still to be found by whoever paints it.
    const ending: ClaimEnding = { unplaced: making };
    try {
      const change = await work(ending);
      if (change === 'changed') ending.shown = picture.id;
      const datedKey = this.#keys.dated(picture);
      if (IS_DONE.has(change)) ending.unplaced = making.filter((key) => key !== datedKey);
      return change;
    } finally {
      this.#forget(request.key);
      await claim.release(ending);
    }
  }

  /** `undefined` where another holds the page for too long. */
  async #claim(request: PageRequest): Promise<Claim | undefined> {
    // Nothing is going to be made: a name of its own, so that all that was named before is told.
    const nothing = { day: dayAt(this.#clock.now()), id: randomUUID(), country: request.country };
    const waiting = new AbortController();
    void this.#clock.sleep(MAX_WAIT_MS).then(() => waiting.abort());
    while (!waiting.signal.aborted) {
      try {
        const claim = await this.#claims.claim(request, this.#keys.dated(nothing), waiting.signal);
        if (claim) return claim;
      } catch (error) {
        const isOthers = error instanceof CafeError && OTHERS_FAILURES.has(error.code);
        if (!isOthers && !waiting.signal.aborted) throw error;
      }
    }
    return undefined;
  }
}
