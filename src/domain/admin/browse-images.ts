import type {
  GenerationHistory,
  HistoryEntry,
  HistoryPosition,
} from '../budget/generation-history.ts';
import { type CountryCode, countryByCode } from '../countries/country.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Day, dayAt } from '../kernel/day.ts';
import { datedName, type PoolImage } from '../storage/image-keys.ts';
import type { ShownPage, ShownPages } from './shown-pages.ts';

/** Filters the images; without fields, all of them match. */
export interface PictureFilter {
  /** `null` for worldwide images. */
  country?: CountryCode | null;
  day?: Day;
  model?: string;
  /** A part of the path of the image's page. */
  page?: string;
  /**
   * `pictures` are existing images; `failed` are attempts that may have cost money without a
   * result.
   */
  state?: 'pictures' | 'visible' | 'hidden' | 'pending' | 'reserved' | 'failed' | 'gone' | 'all';
}

/** The range of one request. */
export interface ImageRange {
  limit: number;
  /** Absent to start at the beginning. */
  after: HistoryPosition | undefined;
  first: 'newest' | 'oldest';
}

export interface PicturePage {
  items: HistoryEntry[];
  /** The position after which there may be more; absent at the end. */
  next: HistoryPosition | undefined;
}

export interface PictureDetail {
  entry: HistoryEntry;
  shownOn: ShownPage[];
  /** It is shown on more pages than are listed. */
  hasMore: boolean;
}

/** Entries read per request, because matches may be rare. */
const MAX_LOOKED_AT = 5000;
/** Pages listed per image. */
const MAX_PAGES = 200;

interface Deps {
  history: GenerationHistory;
  pages: ShownPages;
  clock: Clock;
}

/** Pages through the generation history. */
export class BrowseImages {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * The next images. There may be fewer than `limit`, even none, although more follow, because each
   * request reads a limited number of entries.
   *
   * @throws CafeError `storage_unavailable`
   */
  async browse(filter: PictureFilter, { limit, after, first }: ImageRange): Promise<PicturePage> {
    const items: HistoryEntry[] = [];
    let lookedAt = 0;
    for await (const entry of this.#entries(filter.day, first, after)) {
      if (filter.day && entry.picture.day !== filter.day) return { items, next: undefined };
      if (matches(entry, filter)) items.push(entry);
      lookedAt += 1;
      const isEnough = items.length === limit || lookedAt === MAX_LOOKED_AT;
      if (isEnough) return { items, next: positionOf(entry) };
    }
    return { items, next: undefined };
  }

  /**
   * An image's position in the history; `undefined` if neither image nor record exists.
   *
   * @throws CafeError `storage_unavailable`
   */
  async placeOf(picture: PoolImage): Promise<HistoryPosition | undefined> {
    const entry = await this.#deps.history.find(picture);
    return entry && positionOf(entry);
  }

  /**
   * All details of one image; `undefined` if neither image nor record exists.
   *
   * @throws CafeError `storage_unavailable`
   */
  async detail(picture: PoolImage): Promise<PictureDetail | undefined> {
    const entry = await this.#deps.history.find(picture);
    if (!entry) return undefined;
    const shownOn: ShownPage[] = [];
    for await (const page of this.#deps.pages.showing(picture.id, entry.record)) {
      if (shownOn.length === MAX_PAGES) return { entry, shownOn, hasMore: true };
      shownOn.push(page);
    }
    return { entry, shownOn, hasMore: false };
  }

  #entries(
    day: Day | undefined,
    first: ImageRange['first'],
    after: HistoryPosition | undefined,
  ): AsyncIterable<HistoryEntry> {
    // A machine whose clock is ahead may have generated some for tomorrow already.
    const newest = day ?? dayAt(this.#deps.clock.now() + 3_600_000);
    if (first === 'newest') return this.#deps.history.entries(after ?? newest);
    const start = day && { day, reservedAt: '', name: '' };
    return this.#deps.history.entriesUpTo(newest, after ?? start);
  }
}

function matches(entry: HistoryEntry, { country, model, page, state }: PictureFilter): boolean {
  const { picture, record } = entry;
  if (country !== undefined && picture.country !== countryOf(country)) return false;
  if (model !== undefined && record?.model !== model) return false;
  if (page !== undefined && !record?.page?.path.includes(page)) return false;
  return isIn(entry, state ?? 'pictures');
}

function countryOf(code: CountryCode | null) {
  return code === null ? undefined : countryByCode(code);
}

function isIn({ presence, state }: HistoryEntry, asked: PictureFilter['state']): boolean {
  switch (asked) {
    case 'visible':
    case 'hidden':
    case 'pending':
      return presence === asked;
    case 'reserved':
      return state === 'reserved';
    case 'failed':
      return presence === 'absent' && (state === 'unknown' || state === 'refused');
    case 'gone':
      return presence === 'absent' && state === 'spent';
    case 'all':
      return true;
    default:
      return presence !== 'absent';
  }
}

function positionOf({ picture, record }: HistoryEntry): HistoryPosition {
  const name = datedName(picture.id, picture.country);
  return { day: picture.day, reservedAt: record?.reservedAt ?? '', name };
}
