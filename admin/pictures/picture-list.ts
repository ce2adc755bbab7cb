import type { AdminApi } from '../api/api.ts';
import { ApiError } from '../api/api.ts';
import type { Image, Paged } from '../api/api-types.ts';
import { isAskedFor, type PictureFilter } from './filter/picture-filter.ts';
import { pictureInApi } from './picture-paths.ts';

/** How many are asked for at first, so that they come soon, and later, so that they come in time. */
const PER_ANSWER = { first: 60, next: 200 };
/** More than anybody scrolls through; a filter finds what is behind them. */
const MAX_HELD = 20_000;
/** An answer may be empty with more behind it. So many of these are gone through in one go. */
const MAX_EMPTY = 20;

/** The pictures of a filter, as far as they were scrolled to. */
export class PictureList {
  readonly filter: PictureFilter;
  items: readonly Image[] = [];
  /** Why the last attempt to get more failed. */
  error: ApiError | undefined;
  /** `all`: there are no more. `most`: there may be, and no more are held. */
  end: 'open' | 'all' | 'most' = 'open';

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

  /** Who hears of every change; one at a time. */
  watch(listener: () => void): void {
    this.#onChange = listener;
  }

  /** Where a picture is in {@link items}; -1 where it is not. */
  indexOf(id: string): number {
    this.#places ??= new Map(this.items.map((item, n) => [item.id, n]));
    return this.#places.get(id) ?? -1;
  }

  /** Gets the next ones, unless they are being got; never throws. */
  more(): Promise<void> {
    if (this.#loading || this.end !== 'open') return this.#loading ?? Promise.resolve();
    this.#loading = this.#attempt(() => this.#next()).finally(() => {
      this.#loading = undefined;
      this.#onChange();
    });
    this.#onChange();
    return this.#loading;
  }

  /** Looks what has come since, and whether the newest are as they were; never throws. */
  async renew(): Promise<void> {
    if (this.items.length === 0 || this.error) return this.#again();
    if (this.filter.sort === 'newest') await this.#attempt(() => this.#renewNewest());
    else if (this.end === 'all') await this.#attempt(() => this.#renewEnd());
    this.#onChange();
  }

  /** Looks at some pictures again, here or not; never throws. */
  async recheck(ids: readonly string[]): Promise<void> {
    const images = await Promise.all(ids.map((id) => this.#look(id)));
    for (const [n, image] of images.entries()) {
      if (image) this.put(image);
      else if (image === null) this.drop(ids[n] ?? '');
    }
  }

  /** Takes note of how a picture is now: it comes, goes or stays. */
  put(image: Image): void {
    const place = this.indexOf(image.id);
    const isAsked = isAskedFor(image, this.filter);
    if (place >= 0 && isAsked) this.#set(this.items.with(place, image));
    else if (place >= 0) this.drop(image.id);
    else if (isAsked) this.#insert(image);
  }

  /** Drops a picture that, as it is about to be, is no longer asked for. */
  letGo(image: Image): void {
    if (!isAskedFor(image, this.filter)) this.drop(image.id);
  }

  drop(id: string): void {
    const place = this.indexOf(id);
    if (place >= 0) this.#set(this.items.toSpliced(place, 1));
  }

  /** Behind the last one known it will come in its turn. */
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
      const { items, nextCursor } = await this.#ask({ limit, cursor: this.#cursor });
      this.#cursor = nextCursor ?? undefined;
      // What came meanwhile by another way is not shown twice.
      const others = items.filter(({ id }) => this.indexOf(id) < 0);
      if (others.length > 0) this.#set([...this.items, ...others]);
      if (!nextCursor) this.end = 'all';
      else if (this.items.length >= MAX_HELD) this.end = 'most';
      if (others.length > 0 || this.end !== 'open') return;
    }
  }

  async #renewNewest(): Promise<void> {
    const { items, nextCursor } = await this.#ask({ limit: PER_ANSWER.first });
    const oldest = items.at(-1);
    const seam = oldest ? this.indexOf(oldest.id) : -1;
    // Where the answer does not reach what is known there is a gap, unless it is all there is.
    if (seam < 0 && nextCursor) return this.#again();
    const rest = nextCursor ? this.items.slice(seam + 1) : [];
    this.#set([...items, ...rest]);
    if (!nextCursor) this.end = 'all';
  }

  async #renewEnd(): Promise<void> {
    const after = this.items.at(-1)?.id;
    const { items, nextCursor } = await this.#ask({ limit: PER_ANSWER.next, after });
    this.#set([...this.items, ...items]);
    this.#cursor = nextCursor ?? undefined;
    if (nextCursor) this.end = 'open';
  }

  #ask(range: { limit: number; cursor?: string | undefined; after?: string | undefined }) {
    return this.#api.get<Paged<Image>>('/images', { query: { ...this.filter, ...range } });
  }

  /** `null` for one that is gone, `undefined` where nobody knows. */
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

/** As the API orders them. */
function orderOf({ day, reservedAt, id }: Image): string {
  return `${day} ${reservedAt ?? ''} ${id}`;
}
