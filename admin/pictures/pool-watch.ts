import { type AdminApi, ApiError } from '../api/api.ts';
import type { Act, Image, Paged } from '../api/api-types.ts';
import type { PictureList } from './picture-list.ts';

/** Acts that are looked through when something was done. */
const LATEST = 100;

/** How a picture is once that was done to it. */
const MEANS: Readonly<Record<string, Image['presence']>> = {
  hide_picture: 'hidden',
  restore_picture: 'visible',
  approve_picture: 'visible',
  delete_picture: 'absent',
};

/**
 * Brings a list up to date with what was done to pictures, by whomever: of each that it shows
 * otherwise, or does not show, it asks how that is now.
 */
export class PoolWatch {
  readonly #api: AdminApi;
  readonly #seen = new Set<string>();

  constructor(api: AdminApi) {
    this.#api = api;
  }

  /** Never throws: what cannot be read now is read when something happens next. */
  async look(list: PictureList): Promise<void> {
    try {
      const { items } = await this.#api.get<Paged<Act>>('/activity', { query: { limit: LATEST } });
      await list.recheck(this.#changedIn(items, list));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** The newest act on a picture is the one that counts. */
  #changedIn(acts: readonly Act[], list: PictureList): string[] {
    const told = new Set<string>();
    return acts.flatMap(({ id, action, subject, outcome }) => {
      const presence = MEANS[action];
      const name = `${id} ${outcome}`;
      if (!presence || told.has(subject) || this.#seen.has(name)) return [];
      told.add(subject);
      this.#seen.add(name);
      const known = list.items[list.indexOf(subject)];
      return known?.presence === presence ? [] : [subject];
    });
  }
}
