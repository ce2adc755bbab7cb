import type { AdminApi } from '../api/api.ts';
import { ApiError } from '../api/api.ts';
import type { Image, Paged } from '../api/api-types.ts';
import { matchesFilter, type PictureFilter } from './filter/picture-filter.ts';
import { pictureInApi } from './picture-paths.ts';

/** Pictures per request: few at first for a fast start, then more. */
const PER_ANSWER = { first: 60, next: 200 };
/** Maximum length of the list. A filter finds older pictures. */
const MAX_HELD = 20_000;
/** A response may be empty although more follow. At most this many are read in a row. */
const MAX_EMPTY = 20;

/** The pictures that match a filter, loaded while scrolling. */
export class PictureList {
  readonly filter: PictureFilter;
  items: readonly Image[] = [];
  /** Why the last request failed. */
  error: ApiError | undefined;
  /** `all`: everything is loaded. `full`: the maximum length is reached. */
  end: 'open' | 'all' | 'full' = 'open';

  readonly #api: AdminApi;
  #places: Map<string, number> | undefined;
  #cursor: string | undefined;
  #loading: Promise<void> | undefined;
  #onChange = () => {};

  constructor(api: AdminApi, filter: PictureFilter) {
    this.#api = api;
    this.filter = filter;
  }

  get isLoading(): boolean {
    return this.#loading !== undefined;
  }

  /** Sets the only listener for changes. */
  watch(listener: () => void): void {
    this.#onChange = listener;
  }

  /** The index of a picture in {@link items}, or -1. */
  indexOf(id: string): number {
    this.#places ??= new Map(this.items.map((item, n) => [item.id, n]));
    return this.#places.get(id) ?? -1;
  }

  /** Loads the next part, unless it is already loading. Never throws. */
  more(): Promise<void> {
    if (this.#loading || this.end !== 'open') return this.#loading ?? Promise.resolve();
    this.#loading = this.#attempt(() => this.#next()).finally(() => {
      this.#loading = undefined;
      this.#onChange();
    });
    this.#onChange();
    return this.#loading;
  }

  /** Loads new pictures, and refreshes the newest ones. Never throws. */
  async renew(): Promise<void> {
    if (this.items.length === 0 || this.error) return this.#again();
    if (this.filter.sort === 'newest') await this.#attempt(() => this.#renewNewest());
    else if (this.end === 'all') await this.#attempt(() => this.#renewEnd());
    this.#onChange();
  }

  /** Loads some pictures again, whether or not they are in the list. Never throws. */
  async recheck(ids: readonly string[]): Promise<void> {
    const images = await Promise.all(ids.map((id) => this.#look(id)));
    for (const [n, image] of images.entries()) {
      if (image) this.put(image);
      else if (image === null) this.drop(ids[n] ?? '');
    }
  }

  /** Adds, updates or removes a picture, depending on whether it matches the filter. */
  put(image: Image): void {
    const place = this.indexOf(image.id);
    const isMatch = matchesFilter(image, this.filter);
    if (place >= 0 && isMatch) this.#set(this.items.with(place, image));
    else if (place >= 0) this.drop(image.id);
    else if (isMatch) this.#insert(image);
  }

  /** Removes a picture whose expected state does not match the filter. */
  letGo(image: Image): void {
    if (!matchesFilter(image, this.filter)) this.drop(image.id);
  }

  drop(id: string): void {
    const place = this.indexOf(id);
    if (place >= 0) this.#set(this.items.toSpliced(place, 1));
  }

  /**
   * Inserts a picture in order. If it belongs after the last known one, it is loaded later with the
   * next part.
   */
  #insert(image: Image): void {
    const isNewest = this.filter.sort === 'newest';
    const isBehind = (other: Image) => orderOf(other) < orderOf(image) === isNewest;
    const place = this.items.findIndex(isBehind);
    if (place >= 0) this.#set(this.items.toSpliced(place, 0, image));
    else if (this.end === 'all') this.#set([...this.items, image]);
  }

  async #again(): Promise<void> {
    this.#cursor = undefined;
    this.end = 'open';
    this.#set([]);
    await this.more();
  }

  async #next(): Promise<void> {
    for (let empty = 0; empty < MAX_EMPTY; empty += 1) {
      const limit = this.items.length === 0 ? PER_ANSWER.first : PER_ANSWER.next;
      const { items, nextCursor } = await this.#load({ limit, cursor: this.#cursor });
      this.#cursor = nextCursor ?? undefined;
      // Skip pictures that were added meanwhile.
      const others = items.filter(({ id }) => this.indexOf(id) < 0);
      if (others.length > 0) this.#set([...this.items, ...others]);
      if (!nextCursor) this.end = 'all';
      else if (this.items.length >= MAX_HELD) this.end = 'full';
      if (others.length > 0 || this.end !== 'open') return;
    }
  }

  async #renewNewest(): Promise<void> {
    const { items, nextCursor } = await this.#load({ limit: PER_ANSWER.first });
    const oldest = items.at(-1);
    const seam = oldest ? this.indexOf(oldest.id) : -1;
    // Without an overlap, there is a gap between the response and the known pictures.
    if (seam < 0 && nextCursor) return this.#again();
    const rest = nextCursor ? this.items.slice(seam + 1) : [];
    this.#set([...items, ...rest]);
    if (!nextCursor) this.end = 'all';
  }

  async #renewEnd(): Promise<void> {
    const after = this.items.at(-1)?.id;
    const { items, nextCursor } = await this.#load({ limit: PER_ANSWER.next, after });
    this.#set([...this.items, ...items]);
    this.#cursor = nextCursor ?? undefined;
    if (nextCursor) this.end = 'open';
  }

  #load(range: { limit: number; cursor?: string | undefined; after?: string | undefined }) {
    return this.#api.get<Paged<Image>>('/images', { query: { ...this.filter, ...range } });
  }

  /** `null` if the picture is deleted, `undefined` if the request failed. */
  async #look(id: string): Promise<Image | null | undefined> {
    try {
      return await this.#api.get<Image>(pictureInApi(id));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return error.status === 404 ? null : undefined;
    }
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.error = undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
    }
  }

  #set(items: readonly Image[]): void {
    this.items = items;
    this.#places = undefined;
    this.#onChange();
  }
}

/** The sort key of the API. */
function orderOf({ day, reservedAt, id }: Image): string {
  return `${day} ${reservedAt ?? ''} ${id}`;
}
