import type { RecalledImage } from '../../../domain/cafe/response-cache/cached-response.ts';
import { PageLookup } from '../../../domain/cafe/response-cache/page-lookup.ts';
import { BoundedMap } from '../../../domain/kernel/bounded-map.ts';
import type { PageNames } from '../../../domain/pages/page-names.ts';
import { parseJson } from '../json-body.ts';
import { type ImagePresenter, requestedPicture } from './generate-route.ts';

/** Bodies that are remembered, each with its last answer: one kilobyte or two. */
const MAX_BODIES = 10_000;
const LONGEST_BODY = 512;
/** Of bodies that are not remembered, one in so many is, so that rare ones do not drive out the usual. */
const REMEMBERED_ONE_IN = 16;

/** What a body asks for, and was answered last. */
export class ReadBody {
  readonly asked: PageLookup;
  /** The page token from the request, which proves that the site has the page. Not yet verified. */
  readonly token: string | undefined;
  /** Since it was last looked at for whether it has to make room. */
  wasAskedAgain = false;
  #lastWording: { image: RecalledImage; isDetailed: boolean; text: string } | undefined;

  /** @throws Refusal, CafeError `invalid_page` */
  constructor(bytes: Buffer, names: PageNames) {
    const { page, token } = requestedPicture(parseJson(bytes), names);
    this.asked = new PageLookup(page);
    this.token = token;
  }

  /**
   * The JSON of what the page is known to show, worded once for as long as it is the same and asked for in
   * the same way. Renditions that expire meanwhile are still named, which stores delete a day later.
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
 * What the usual bodies ask for: they come again and again, byte by byte the same. The one that makes room
 * for another is the oldest that nobody has asked for again; where there is none, the other one itself.
 */
export class BodyCache {
  readonly #bodies = new BoundedMap<string, ReadBody>(MAX_BODIES);
  readonly #names: PageNames;
  #unknown = 0;

  constructor(names: PageNames) {
    this.#names = names;
  }

  /** @throws Refusal, CafeError `invalid_page`; what fails is not remembered */
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
