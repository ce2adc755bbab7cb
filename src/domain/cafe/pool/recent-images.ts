import type { Picture } from '../../images/image-labels.ts';
import { BoundedMap } from '../../kernel/bounded-map.ts';
import type { RecalledImage } from '../response-cache/cached-response.ts';

/** Pictures that are remembered. A page with more places than this may repeat one. */
const MOST = 128;
/** Answers of known pages that wait to be taken in; a power of two. */
const MAX_RECALLED = 64;

/**
 * Which pictures were shown last, by id, so that a page with many places gets a different one for each.
 * To the service, each of these places is a page of its own, so it goes by time.
 */
export class RecentImages {
  readonly #turns = new BoundedMap<string, number>(MOST);
  readonly #recalled = new Array<RecalledImage | undefined>(MAX_RECALLED).fill(undefined);
  #recalledCount = 0;
  #takenIn = 0;
  #turn = 0;

  /** Takes note that a picture is shown now. */
  note(id: string): void {
    this.#turn += 1;
    this.#turns.set(id, this.#turn);
  }

  /** Pictures without renditions say nothing of which they are. */
  noteShown({ renditions }: Picture): void {
    if (renditions) this.note(renditions.of.id);
  }

  /** Like {@link noteShown}. Costs one write, since known pages are asked for all the time. */
  noteRecalled(image: RecalledImage): void {
    this.#recalled[this.#recalledCount & (MAX_RECALLED - 1)] = image;
    this.#recalledCount += 1;
  }

  /** One of so many pictures, at random of those that were not shown lately, else the one shown longest ago. */
  choose<P extends { id: string }>(count: number, at: (place: number) => P): P | undefined {
    this.#takeIn();
    const start = Math.floor(Math.random() * count);
    let longestAgo: { picture: P; turn: number } | undefined;
    // Ends after MOST steps and one: no more are remembered.
    for (let step = 0; step < count; step += 1) {
      const picture = at((start + step) % count);
      const turn = this.#turns.get(picture.id);
      if (turn === undefined) return picture;
      if (!longestAgo || turn < longestAgo.turn) longestAgo = { picture, turn };
    }
    return longestAgo?.picture;
  }

  #takeIn(): void {
    const from = Math.max(this.#takenIn, this.#recalledCount - MAX_RECALLED);
    for (let n = from; n < this.#recalledCount; n += 1) {
      const image = this.#recalled[n & (MAX_RECALLED - 1)];
      if (image) this.noteShown(image.whole().picture);
    }
    this.#takenIn = this.#recalledCount;
  }
}
