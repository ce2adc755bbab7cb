import type { RecalledImage } from '../../../domain/cafe/response-cache/cached-response.ts';
import { PageLookup } from '../../../domain/cafe/response-cache/page-lookup.ts';
import { BoundedMap } from '../../../domain/kernel/bounded-map.ts';
import type { PageNames } from '../../../domain/pages/page-names.ts';
import { parseJson } from '../json-body.ts';
import { type ImagePresenter, requestedPicture } from './generate-route.ts';

/** Capacity in bodies, each with its last response: one or two kilobytes. */
const MAX_BODIES = 10_000;
const LONGEST_BODY = 512;
/** One in this many new bodies is remembered, so that rare bodies do not evict common ones. */
const REMEMBERED_ONE_IN = 16;

/** A parsed body and its last response. */
export class ReadBody {
  readonly asked: PageLookup;
  /** The page token from the request, which proves that the site has the page. Not yet verified. */
  readonly token: string | undefined;
  /** Since the last eviction check. */
  wasAskedAgain = false;
  #lastWording: { image: RecalledImage; isDetailed: boolean; text: string } | undefined;

  /** @throws Refusal, CafeError `invalid_page` */
  constructor(bytes: Buffer, names: PageNames) {
    const { page, token } = requestedPicture(parseJson(bytes), names);
    this.asked = new PageLookup(page);
    this.token = token;
  }

  /**
   * The JSON of what the page is known to show, serialized once while the image and the detail
   * level stay the same. Renditions that expire meanwhile are still listed; stores delete them a
   * day later.
   */
  wording(image: RecalledImage, isDetailed: boolean, present: ImagePresenter): string {
    const last = this.#lastWording;
    if (last?.image === image && last.isDetailed === isDetailed) return last.text;
    const text = present(image, isDetailed);
    this.#lastWording = { image, isDetailed, text };
    return text;
  }
}

/**
 * Caches parsed request bodies, because common bodies repeat byte by byte. Evicts the oldest body
 * that was not requested again; if there is none, the new body is not kept.
 */
export class BodyCache {
  readonly #bodies = new BoundedMap<string, ReadBody>(MAX_BODIES);
  readonly #names: PageNames;
  #unknown = 0;

  constructor(names: PageNames) {
    this.#names = names;
  }

  /** @throws Refusal, CafeError `invalid_page`; failures are not cached */
  read(bytes: Buffer): ReadBody {
    const text = bytes.toString('latin1');
    const remembered = this.#bodies.get(text);
    if (remembered) {
      remembered.wasAskedAgain = true;
      return remembered;
    }
    const body = new ReadBody(bytes, this.#names);
    this.#unknown += 1;
    const isChosen = this.#unknown % REMEMBERED_ONE_IN === 0 && text.length <= LONGEST_BODY;
    if (isChosen) this.#remember(text, body);
    return body;
  }

  #remember(text: string, body: ReadBody): void {
    let oldest = this.#bodies.set(text, body);
    while (oldest?.value.wasAskedAgain) {
      oldest.value.wasAskedAgain = false;
      oldest = this.#bodies.set(oldest.key, oldest.value);
    }
  }
}
