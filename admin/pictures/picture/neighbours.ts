import { type AdminApi, ApiError, type Query } from '../../api/api.ts';
import type { Image, Paged } from '../../api/api-types.ts';
import type { PictureFilter } from '../filter/picture-filter.ts';

/** The IDs of the previous and the next picture in a filtered list. */
export interface Neighbours {
  previous: string | undefined;
  next: string | undefined;
}

/** A response may be empty although more follow. The search stops after this many responses. */
const MAX_ANSWERS = 5;

/** Returns none if the API fails: the picture is shown anyway. */
export async function neighboursOf(
  api: AdminApi,
  id: string,
  filter: PictureFilter,
  signal: AbortSignal,
): Promise<Neighbours> {
  const back = filter.sort === 'newest' ? 'oldest' : 'newest';
  const [previous, next] = await Promise.all(
    [back, filter.sort].map((sort) => firstBehind(api, id, { ...filter, sort }, signal)),
  );
  return { previous, next };
}

async function firstBehind(
  api: AdminApi,
  id: string,
  filter: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string | undefined> {
  let place: { after: string } | { cursor: string } = { after: id };
  try {
    for (let answers = 0; answers < MAX_ANSWERS; answers += 1) {
      const query: Query = { ...filter, ...place, limit: 1 };
      const { items, nextCursor }: Paged<Image> = await api.get('/images', { query, signal });
      if (items[0] || !nextCursor) return items[0]?.id;
      place = { cursor: nextCursor };
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
  return undefined;
}
