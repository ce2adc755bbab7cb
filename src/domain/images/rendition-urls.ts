import type { Clock } from '../kernel/clock.ts';
import { startOf } from '../kernel/day.ts';
import type { ImageKeys, RenditionForm } from '../storage/image-keys.ts';
import type { ImageStore } from '../storage/image-store.ts';
import type { Picture, Renditions } from './image-labels.ts';

/** The public URL of a rendition. */
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
 * The URLs of an image's renditions while they exist. They expire with their original image, and a
 * copy under a page's key outlives that. Makes no call.
 */
export class RenditionUrls {
  readonly #deps: Deps;

  /** @param deps.lifetimeMs of an image in the store; `Infinity` if images do not expire */
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The WebPs, narrowest first; empty if they have expired or do not exist. */
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

  /** The JPEG of 1200 by 630 pixels; `undefined` if it has expired or does not exist. */
  card({ renditions }: Picture): string | undefined {
    return renditions && this.#urlOf(renditions, 'card');
  }

  /** Expiry counts from the start of the day: stores delete expired objects at the end of a day. */
  #urlOf({ of }: Renditions, form: RenditionForm): string | undefined {
    // Keep this form: `of.day` may not be a calendar day, and comparisons with `NaN` are false.
    const isThere = this.#deps.clock.now() < startOf(of.day) + this.#deps.lifetimeMs;
    return isThere ? this.#deps.store.urlFor(this.#deps.keys.rendition(of, form)) : undefined;
  }
}

const WEBP = 'image/webp';
