import { z } from 'zod';
import type { ActOnPictures } from '../../../domain/admin/act-on-pictures.ts';
import type { BrowsePictures, PictureDetail } from '../../../domain/admin/browse-pictures.ts';
import type { PictureActProgress } from '../../../domain/admin/picture-act.ts';
import type { PictureFiles } from '../../../domain/admin/picture-files.ts';
import { isInCalendar, pictureIdOf } from '../../../domain/admin/picture-id.ts';
import { type ImageKeys, pictureNamed, RENDITION_WIDTHS } from '../../../domain/image-key.ts';
import type { HistoryEntry, HistoryPosition } from '../../../domain/ports/generation-history.ts';
import type { ImageStore } from '../../../domain/ports/image-store.ts';
import { type AdminRoute, route } from './admin-route.ts';
import { ImageAct, presentAct } from './image-actions.ts';
import { type PageSurroundings, presentPage, ShownPageBody } from './page-routes.ts';
import {
  badCursor,
  CalendarDay,
  CountryInQuery,
  Cursor,
  cursorOf,
  Dollars,
  dollars,
  Limit,
  Moment,
  noSuchPicture,
  PageTypeName,
  PictureId,
  placeIn,
  presentDay,
  withoutAbsent,
} from './schemas.ts';

const ImageQuery = z.strictObject({
  country: CountryInQuery.optional(),
  day: CalendarDay.optional(),
  model: z.string().max(100).optional(),
  page: z.string().max(1024).optional().describe('A part of a path'),
  state: z
    .enum(['pictures', 'visible', 'hidden', 'pending', 'reserved', 'failed', 'gone', 'all'])
    .default('pictures'),
  sort: z.enum(['newest', 'oldest']).default('newest').describe('Which ones come first'),
  after: PictureId.optional().describe('Begins behind this picture, instead of a cursor'),
  limit: Limit,
  cursor: Cursor,
});

const ImageParts = {
  id: z.string(),
  day: z.string(),
  country: z.string().nullable().describe('`null` for a worldwide picture'),
  presence: z.enum(['visible', 'hidden', 'pending', 'absent']),
  state: z.enum(['reserved', 'spent', 'unknown', 'refused', 'unrecorded']),
  url: z.string().nullable().describe('Where it is visible'),
  renditions: z.array(z.string()).describe('URLs of smaller versions'),
  dollars: Dollars.nullable(),
  model: z.string().nullable(),
  page: z.strictObject({ type: PageTypeName, path: z.string() }).nullable(),
  reservedAt: Moment.nullable(),
  reason: z.string().nullable().describe('Why there is no picture'),
};

export const Image = z.strictObject(ImageParts).meta({ id: 'Image' });

export const ImageDetail = z
  .strictObject({
    ...ImageParts,
    prompt: z.string().nullable(),
    settledAt: Moment.nullable(),
    durationMs: z.number().nullable(),
    tokens: z.strictObject({ input: z.number(), output: z.number() }).nullable(),
    shownOn: z.array(ShownPageBody),
    shownOnMore: z.boolean().describe('There are more pages than these'),
    act: ImageAct.nullable().describe(
      'What is being done to it on many pages, or was done last, by the replica that answers',
    ),
  })
  .meta({ id: 'ImageDetail' });

export const Images = z
  .strictObject({ items: z.array(Image), nextCursor: z.string().nullable() })
  .meta({ id: 'Images' });

const Place: z.ZodType<HistoryPosition> = z
  .strictObject({
    day: z.string().max(10),
    reservedAt: z.union([z.literal(''), z.iso.datetime()]),
    name: z.string().max(140),
  })
  .transform(({ reservedAt, ...picture }, ctx): HistoryPosition => {
    const { day } = pictureNamed(`${picture.day}/${picture.name}`) ?? {};
    if (day && isInCalendar(day)) return { day, reservedAt, name: picture.name };
    ctx.addIssue({ code: 'custom', message: 'is not the name of a picture' });
    return z.NEVER;
  });

interface Deps extends PageSurroundings {
  actOnPictures: ActOnPictures;
  browsePictures: BrowsePictures;
  store: ImageStore;
  keys: ImageKeys;
  pictureFiles: PictureFiles;
}

export function imageRoutes(deps: Deps): AdminRoute[] {
  const { browsePictures, store, keys, pictureFiles, renditionUrls, blogOrigin } = deps;
  const { actOnPictures } = deps;
  const urls = { store, keys, renditionUrls, blogOrigin };
  return [
    route({
      method: 'GET',
      path: '/images',
      summary: 'Pictures and attempts to make them, newest first unless asked otherwise.',
      query: ImageQuery,
      answer: Images,
      async handle({ query: { limit, cursor, after: behind, sort: first, ...filter } }) {
        const start = behind && (await browsePictures.placeOf(behind));
        if (behind && !start) throw noSuchPicture();
        const after = cursor === undefined ? start : placeIn(cursor, Place);
        if (cursor !== undefined && !after) throw badCursor();
        const range = { limit, after, first };
        const { items, next } = await browsePictures.browse(withoutAbsent(filter), range);
        const body = {
          items: items.map((entry) => presentImage(entry, urls)),
          nextCursor: next ? cursorOf(next) : null,
        };
        return { body };
      },
    }),
    route({
      method: 'GET',
      path: '/images/:id',
      summary: 'Everything about one picture.',
      params: z.strictObject({ id: PictureId }),
      answer: ImageDetail,
      async handle({ params: { id } }) {
        const detail = await browsePictures.detail(id);
        if (!detail) throw noSuchPicture();
        return { body: presentDetail(detail, actOnPictures.progress(id), urls) };
      },
    }),
    route({
      method: 'GET',
      path: '/images/:id/hidden.png',
      summary: 'A hidden or pending picture itself, for nobody else can see it.',
      // Loaded as a list is refreshed, and an <img> cannot say that nobody is there.
      isBackground: true,
      params: z.strictObject({ id: PictureId }),
      answer: z.instanceof(Uint8Array).meta({ type: 'string', contentMediaType: 'image/png' }),
      async handle({ params: { id } }) {
        const png = await pictureFiles.readUnseen(id, 'png');
        if (!png) throw noSuchPicture();
        return { body: Buffer.from(png), type: 'image/png' };
      },
    }),
    route({
      method: 'GET',
      path: '/images/:id/hidden-small',
      summary: 'The smallest file of a hidden picture: a WebP, or the PNG where there is none.',
      // Loaded as a list is refreshed, and an <img> cannot say that nobody is there.
      isBackground: true,
      params: z.strictObject({ id: PictureId }),
      answer: z.instanceof(Uint8Array).meta({ type: 'string', contentMediaType: 'image/webp' }),
      async handle({ params: { id } }) {
        const webp = await pictureFiles.readUnseen(id, RENDITION_WIDTHS[0]);
        if (webp) return { body: Buffer.from(webp), type: 'image/webp' };
        const png = await pictureFiles.readUnseen(id, 'png');
        if (!png) throw noSuchPicture();
        return { body: Buffer.from(png), type: 'image/png' };
      },
    }),
  ];
}

function presentImage(
  { picture, presence, state, costMicroUsd, record, renditions }: HistoryEntry,
  { store, keys }: Pick<Deps, 'store' | 'keys'>,
): z.infer<typeof Image> {
  const { day, country } = picture;
  const isVisible = presence === 'visible';
  return {
    id: pictureIdOf(picture),
    day: presentDay(day),
    country: country?.code ?? null,
    presence,
    state,
    url: isVisible ? store.urlFor(keys.dated(picture)) : null,
    renditions: isVisible ? renditions.map((key) => store.urlFor(key)) : [],
    dollars: costMicroUsd === undefined ? null : dollars(costMicroUsd),
    model: record?.model ?? null,
    page: record?.page ? { type: record.page.type, path: record.page.path } : null,
    reservedAt: record?.reservedAt ?? null,
    reason: record?.reason ?? null,
  };
}

function presentDetail(
  { entry, shownOn, hasMore }: PictureDetail,
  act: PictureActProgress | undefined,
  urls: Pick<Deps, 'store' | 'keys'> & PageSurroundings,
): z.infer<typeof ImageDetail> {
  const { record } = entry;
  return {
    ...presentImage(entry, urls),
    prompt: record?.prompt ?? null,
    settledAt: record?.settledAt ?? null,
    durationMs: record?.durationMs ?? null,
    tokens: record?.tokens ?? null,
    shownOn: shownOn.map((page) => presentPage(page, urls)),
    shownOnMore: hasMore,
    act: act ? presentAct(pictureIdOf(entry.picture), act) : null,
  };
}
