import type { Image } from '../../api/api-types.ts';
import { ANYWHERE } from './countries.ts';

/** Which pictures are looked at; `''` where a part does not matter. */
export interface PictureFilter {
  state: PictureState;
  country: string;
  day: string;
  model: string;
  page: string;
  sort: 'newest' | 'oldest';
}

export type PictureState = (typeof STATES)[number]['state'];

/** What the pool is looked at by, in the order of how often one wants it. */
export const STATES = [
  { state: 'visible', label: 'In the pool' },
  { state: 'pending', label: 'To review' },
  { state: 'hidden', label: 'Hidden' },
  { state: 'failed', label: 'Failed' },
  { state: 'all', label: 'Everything' },
] as const;

const TEXTS = ['country', 'day', 'model', 'page'] as const;

/** What a URL's query asks for; what it says wrong counts as not said. */
export function filterIn(query: URLSearchParams): PictureFilter {
  const asked = query.get('state');
  const state = STATES.find((each) => each.state === asked)?.state ?? 'visible';
  const [country, day, model, page] = TEXTS.map((name) => query.get(name) ?? '');
  const sort = query.get('sort') === 'oldest' ? 'oldest' : 'newest';
  return {
    state,
    country: country ?? '',
    day: day ?? '',
    model: model ?? '',
    page: page ?? '',
    sort,
  };
}

/** The query of a URL for a filter, with its question mark; empty where it is the usual one. */
export function searchFor(filter: PictureFilter): string {
  const query = new URLSearchParams();
  if (filter.state !== 'visible') query.set('state', filter.state);
  for (const name of TEXTS) if (filter[name]) query.set(name, filter[name]);
  if (filter.sort !== 'newest') query.set('sort', filter.sort);
  return query.size > 0 ? `?${query}` : '';
}

/** Whether anything but the state is asked for. */
export function isNarrowed(filter: PictureFilter): boolean {
  return TEXTS.some((name) => filter[name]);
}

/** Whether a picture, as it is now, is one of those that are looked at. */
export function isAskedFor(image: Image, asked: PictureFilter): boolean {
  const { country, day, model, page } = asked;
  if (country && country !== (image.country ?? ANYWHERE)) return false;
  if (day && day !== image.day) return false;
  if (model && model !== image.model) return false;
  if (page && !image.page?.path.includes(page)) return false;
  return isInState(image, asked.state);
}

function isInState({ presence, state }: Image, asked: PictureState): boolean {
  if (asked === 'all') return true;
  if (asked === 'failed') return presence === 'absent' && /^(unknown|refused)$/.test(state);
  return presence === asked;
}
