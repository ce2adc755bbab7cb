import type { Clock } from '../kernel/clock.ts';
import { startOf } from '../kernel/day.ts';
import type { ImageKeys, RenditionForm } from '../storage/image-keys.ts';
import type { ImageStore } from '../storage/image-store.ts';
import type { Picture } from './image-labels.ts';
import type { Renditions } from './renditions.ts';

/** A smaller file of a picture, as readers can load it. */
export interface RenditionUrl {
  url: string;
  /** Pixels. */
  width: number;
  height: number;
  /** MIME type. */
  type: 'image/webp';
}

interface Deps {
  store: Pick<ImageStore, 'urlFor'>;
  keys: ImageKeys;
  clock: Clock;
  lifetimeMs: number;
}

/**
 * Where a picture's renditions are, for as long as they are there: they expire with the picture they
 * were made of, which a copy on a page's key outlives. Makes no call.
 */
export class RenditionUrls {
  readonly #deps: Deps;

  /** @param deps.lifetimeMs of a picture in the store, `Infinity` where none expires */
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The WebPs, narrowest first; none where they have expired, or there are none. */
  webps({ renditions, width: whole, height }: Picture): RenditionUrl[] {
    if (!renditions || !whole || !height) return [];
    return renditions.widths.flatMap((width) => {
      const url = width <= whole ? this.#urlOf(renditions, width) : undefined;
      if (!url) return [];
      return [
        { url, width, height: Math.max(1, Math.round((height * width) / whole)), type: WEBP },
      ];
    });
  }

  /** The JPEG of 1200 by 630 pixels; `undefined` where it has expired, or there is none. */
  card({ renditions }: Picture): string | undefined {
    return renditions && this.#urlOf(renditions, 'card');
  }

  /** By the day it began; stores delete what has expired at the end of a day. */
  #urlOf({ of }: Renditions, form: RenditionForm): string | undefined {
    // Not the other way round: nobody promises that what looks like a day is in the calendar.
    const isThere = this.#deps.clock.now() < startOf(of.day) + this.#deps.lifetimeMs;
    return isThere ? this.#deps.store.urlFor(this.#deps.keys.rendition(of, form)) : undefined;
  }
}

const WEBP = 'image/webp';
