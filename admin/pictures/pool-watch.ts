import { type AdminApi, ApiError } from '../api/api.ts';
import type { Act, Image, Paged } from '../api/api-types.ts';
import type { PictureList } from './picture-list.ts';

/** Number of latest acts that are checked. */
const LATEST = 100;

/** The state of a picture after an act. */
const MEANS: Readonly<Record<string, Image['presence']>> = {
  hide_picture: 'hidden',
  restore_picture: 'visible',
  approve_picture: 'visible',
  delete_picture: 'absent',
};

/** Updates a list after acts of any user: it reloads the pictures whose state in the list differs. */
export class PoolWatch {
  readonly #api: AdminApi;
  readonly #seen = new Set<string>();

  constructor(api: AdminApi) {
    this.#api = api;
  }

  /** Never throws: after a failure, the next call tries again. */
  async look(list: PictureList): Promise<void> {
    try {
      const { items } = await this.#api.get<Paged<Act>>('/activity', { query: { limit: LATEST } });
      await list.recheck(this.#changedIn(items, list));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** Only the newest act on each picture counts. */
  #changedIn(acts: readonly Act[], list: PictureList): string[] {
    const checked = new Set<string>();
    return acts.flatMap(({ id, action, subject, outcome }) => {
      const presence = MEANS[action];
      const name = `${id} ${outcome}`;
      if (!presence || checked.has(subject) || this.#seen.has(name)) return [];
      checked.add(subject);
      this.#seen.add(name);
      const known = list.items[list.indexOf(subject)];
      return known?.presence === presence ? [] : [subject];
    });
  }
}
