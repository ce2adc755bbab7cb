import { z } from 'zod';
import type { BrowsePages } from '../../../../domain/admin/browse-pages.ts';
import type { ShownPage } from '../../../../domain/admin/shown-pages.ts';
import { imageIdOf } from '../../../../domain/images/image-id.ts';
import type { RenditionUrls } from '../../../../domain/images/rendition-urls.ts';
import { type AdminRoute, route } from '../admin-route.ts';
import {
  badCursor,
  CountryInQuery,
  Cursor,
  cursorOf,
  Limit,
  Moment,
  PageTypeName,
  placeIn,
  withoutAbsent,
} from '../schemas.ts';

export const ShownPageBody = z
  .strictObject({
    type: PageTypeName,
    slug: z.string().describe('The readable part of its key'),
    path: z.string().nullable().describe('`null` if no placement is recorded'),
    country: z.string().nullable().describe('`null` for readers whose country is unknown'),
    url: z.string(),
    image: z.string().nullable().describe('The id of the picture, if known'),
    source: z.enum(['own', 'fallback', 'pinned']).nullable(),
    at: Moment.nullable().describe('When it got the picture'),
    bytes: z.int(),
    renditions: z.array(z.string()).describe('URLs of smaller versions, narrowest first'),
    blogUrl: z.string().nullable().describe('The page’s URL, if the blog is known'),
    thumbhash: z.string().nullable().describe('Its colours, in base64'),
  })
  .meta({ id: 'Page' });

export const Pages = z
  .strictObject({ items: z.array(ShownPageBody), nextCursor: z.string().nullable() })
  .meta({ id: 'Pages' });

const PageQuery = z.strictObject({
  type: PageTypeName.optional(),
  country: CountryInQuery.optional(),
  search: z.string().max(1024).optional().describe('A part of the readable key'),
  limit: Limit,
  cursor: Cursor,
});

/** Further facts needed to present pages. */
export interface PageSurroundings {
  renditionUrls: RenditionUrls;
  blogOrigin: string | undefined;
}

interface Deps extends PageSurroundings {
  browsePages: BrowsePages;
}

export function pageRoutes({ browsePages, ...surroundings }: Deps): AdminRoute[] {
  return [
    route({
      method: 'GET',
      path: '/pages',
      summary: 'The pages with a picture, one entry per page and country.',
      query: PageQuery,
      answer: Pages,
      async handle({ query: { limit, cursor, ...filter } }) {
        const after = cursor === undefined ? undefined : placeIn(cursor, z.string());
        if (cursor !== undefined && !(after && browsePages.isPlace(after))) throw badCursor();
        const { items, next } = await browsePages.browse(withoutAbsent(filter), { limit, after });
        const body = {
          items: items.map((page) => presentPage(page, surroundings)),
          nextCursor: next ? cursorOf(next) : null,
        };
        return { body };
      },
    }),
  ];
}

export function presentPage(
  page: ShownPage,
  { renditionUrls, blogOrigin }: PageSurroundings,
): z.infer<typeof ShownPageBody> {
  const { type, slug, country, url, source, picture, shown } = page;
  return {
    type,
    slug,
    path: page.path ?? null,
    country,
    url,
    image: picture ? imageIdOf(picture) : null,
    source: source ?? null,
    at: page.at ?? null,
    bytes: page.size,
    renditions: renditionUrls.webps(shown).map((webp) => webp.url),
    blogUrl: blogOrigin !== undefined && page.path ? blogOrigin + encodeURI(page.path) : null,
    thumbhash: shown.renditions?.thumbhash ?? null,
  };
}
