import type { Picture } from '../../images/image-labels.ts';
import { BoundedMap } from '../../kernel/bounded-map.ts';
import type { RecalledImage } from '../response-cache/cached-response.ts';

/** Capacity. A page with more images than this may repeat one. */
const MOST = 128;
/** Buffer for cached responses not yet counted; a power of two. */
const MAX_RECALLED = 64;

/**
 * The ids of the most recently shown images, so that a page with many images gets a different one
 * for each. To the service, each of them is a separate page, so recency decides.
 */
export class RecentImages {
  readonly #turns = new BoundedMap<string, number>(MOST);
  readonly #recalled = new Array<RecalledImage | undefined>(MAX_RECALLED).fill(undefined);
  #recalledCount = 0;
  #takenIn = 0;
  #turn = 0;

  /** Records that an image is shown now. */
  note(id: string): void {
    this.#turn += 1;
    this.#turns.set(id, this.#turn);
  }

  /** An image without renditions cannot be identified and is ignored. */
  noteShown({ renditions }: Picture): void {
    if (renditions) this.note(renditions.of.id);
  }

  /** Like {@link noteShown}. Costs only one write, because cached responses are frequent. */
  noteRecalled(image: RecalledImage): void {
    this.#recalled[this.#recalledCount & (MAX_RECALLED - 1)] = image;
    this.#recalledCount += 1;
  }

  /** A random image of those not shown recently, else the one shown longest ago. */
  choose<P extends { id: string }>(count: number, at: (place: number) => P): P | undefined {
    this.#takeIn();
    const start = Math.floor(Math.random() * count);
    let longestAgo: { picture: P; turn: number } | undefined;
    // Ends after at most MOST + 1 steps, because no more images are remembered.
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
