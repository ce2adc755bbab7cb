import type { Image } from '../../api/api-types.ts';
import { ANYWHERE } from './countries.ts';

/** A filter of pictures; `''` for a part that is not set. */
export interface PictureFilter {
  state: PictureState;
  country: string;
  day: string;
  model: string;
  page: string;
  sort: 'newest' | 'oldest';
}

export type PictureState = (typeof STATES)[number]['state'];

/** The most useful states first. */
export const STATES = [
  { state: 'visible', label: 'In the pool' },
  { state: 'pending', label: 'To review' },
  { state: 'hidden', label: 'Hidden' },
  { state: 'failed', label: 'Failed' },
  { state: 'all', label: 'Everything' },
] as const;

const TEXTS = ['country', 'day', 'model', 'page'] as const;

/** Reads a filter from a URL query. Invalid values are ignored. */
export function filterIn(query: URLSearchParams): PictureFilter {
  const requested = query.get('state');
  const state = STATES.find((each) => each.state === requested)?.state ?? 'visible';
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

/** The URL query of a filter, with its question mark; empty for the default filter. */
export function searchFor(filter: PictureFilter): string {
  const query = new URLSearchParams();
  if (filter.state !== 'visible') query.set('state', filter.state);
  for (const name of TEXTS) if (filter[name]) query.set(name, filter[name]);
  if (filter.sort !== 'newest') query.set('sort', filter.sort);
  return query.size > 0 ? `?${query}` : '';
}

/** Whether the filter sets more than the state. */
export function isNarrowed(filter: PictureFilter): boolean {
  return TEXTS.some((name) => filter[name]);
}

export function matchesFilter(image: Image, filter: PictureFilter): boolean {
  const { country, day, model, page } = filter;
  if (country && country !== (image.country ?? ANYWHERE)) return false;
  if (day && day !== image.day) return false;
  if (model && model !== image.model) return false;
  if (page && !image.page?.path.includes(page)) return false;
  return isInState(image, filter.state);
}

function isInState({ presence, state }: Image, expected: PictureState): boolean {
  if (expected === 'all') return true;
  if (expected === 'failed') return presence === 'absent' && /^(unknown|refused)$/.test(state);
  return presence === expected;
}
