import { z } from 'zod';
import type { BrowseImages, PictureDetail } from '../../../../domain/admin/browse-images.ts';
import type { RunModeration } from '../../../../domain/admin/run-moderation.ts';
import type {
  HistoryEntry,
  HistoryPosition,
} from '../../../../domain/budget/generation-history.ts';
import type { ModerationProgress } from '../../../../domain/cafe/moderation/moderation-act.ts';
import type { ImageFiles } from '../../../../domain/images/image-files.ts';
import { imageIdOf, isInCalendar } from '../../../../domain/images/image-id.ts';
import {
  type ImageKeys,
  pictureNamed,
  RENDITION_WIDTHS,
} from '../../../../domain/storage/image-keys.ts';
import type { ImageStore } from '../../../../domain/storage/image-store.ts';
import { type AdminRoute, route } from '../admin-route.ts';
import { type PageSurroundings, presentPage, ShownPageBody } from '../pages/page-routes.ts';
import {
  badCursor,
  CalendarDay,
  CountryInQuery,
  Cursor,
  cursorOf,
  Dollars,
  dollars,
  ImageId,
  Limit,
  Moment,
  noSuchPicture,
  PageTypeName,
  placeIn,
  presentDay,
  withoutAbsent,
} from '../schemas.ts';
import { ImageAct, presentAct } from './image-actions.ts';

const ImageQuery = z.strictObject({
  country: CountryInQuery.optional(),
  day: CalendarDay.optional(),
  model: z.string().max(100).optional(),
  page: z.string().max(1024).optional().describe('A part of a path'),
  state: z
    .enum(['pictures', 'visible', 'hidden', 'pending', 'reserved', 'failed', 'gone', 'all'])
    .default('pictures'),
  sort: z.enum(['newest', 'oldest']).default('newest').describe('Sort order'),
  after: ImageId.optional().describe('Starts after this picture; use it instead of a cursor'),
  limit: Limit,
  cursor: Cursor,
});

const ImageParts = {
  id: z.string(),
  day: z.string(),
  country: z.string().nullable().describe('`null` for a worldwide picture'),
  presence: z.enum(['visible', 'hidden', 'pending', 'absent']),
  state: z.enum(['reserved', 'spent', 'unknown', 'refused', 'unrecorded']),
  url: z.string().nullable().describe('Public URL'),
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
      'The current action on its pages, or the last one, on the responding replica',
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
    ctx.addIssue({ code: 'custom', message: 'is not a picture name' });
    return z.NEVER;
  });

/** Builds image URLs. */
interface ImageUrls {
  store: ImageStore;
  keys: ImageKeys;
}

interface Deps extends ImageUrls, PageSurroundings {
  runModeration: RunModeration;
  browseImages: BrowseImages;
  imageFiles: ImageFiles;
}

export function imageRoutes(deps: Deps): AdminRoute[] {
  const { browseImages, store, keys, imageFiles, renditionUrls, blogOrigin } = deps;
  const { runModeration } = deps;
  const urls = { store, keys, renditionUrls, blogOrigin };
  return [
    route({
      method: 'GET',
      path: '/images',
      summary: 'Pictures and failed attempts, newest first by default.',
      query: ImageQuery,
      answer: Images,
      async handle({ query: { limit, cursor, after: behind, sort: first, ...filter } }) {
        const start = behind && (await browseImages.placeOf(behind));
        if (behind && !start) throw noSuchPicture();
        const after = cursor === undefined ? start : placeIn(cursor, Place);
        if (cursor !== undefined && !after) throw badCursor();
        const range = { limit, after, first };
        const { items, next } = await browseImages.browse(withoutAbsent(filter), range);
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
      summary: 'All details of one picture.',
      params: z.strictObject({ id: ImageId }),
      answer: ImageDetail,
      async handle({ params: { id } }) {
        const detail = await browseImages.detail(id);
        if (!detail) throw noSuchPicture();
        return { body: presentDetail(detail, runModeration.progress(id), urls) };
      },
    }),
    route({
      method: 'GET',
      path: '/images/:id/hidden.png',
      summary: 'The file of a hidden or pending picture, which is not public.',
      // A refreshing list loads it, and an `<img>` cannot send the header of background requests.
      isBackground: true,
      params: z.strictObject({ id: ImageId }),
      answer: z.instanceof(Uint8Array).meta({ type: 'string', contentMediaType: 'image/png' }),
      async handle({ params: { id } }) {
        const png = await imageFiles.readUnseen(id, 'png');
        if (!png) throw noSuchPicture();
        return { body: Buffer.from(png), type: 'image/png' };
      },
    }),
    route({
      method: 'GET',
      path: '/images/:id/hidden-small',
      summary: 'The smallest file of a hidden picture: a WebP, or the PNG if there is none.',
      // A refreshing list loads it, and an `<img>` cannot send the header of background requests.
      isBackground: true,
      params: z.strictObject({ id: ImageId }),
      answer: z.instanceof(Uint8Array).meta({ type: 'string', contentMediaType: 'image/webp' }),
      async handle({ params: { id } }) {
        const webp = await imageFiles.readUnseen(id, RENDITION_WIDTHS[0]);
        if (webp) return { body: Buffer.from(webp), type: 'image/webp' };
        const png = await imageFiles.readUnseen(id, 'png');
        if (!png) throw noSuchPicture();
        return { body: Buffer.from(png), type: 'image/png' };
      },
    }),
  ];
}

function presentImage(
  { picture, presence, state, costMicroUsd, record, renditions }: HistoryEntry,
  { store, keys }: ImageUrls,
): z.infer<typeof Image> {
  const { day, country } = picture;
  const isVisible = presence === 'visible';
  return {
    id: imageIdOf(picture),
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
  act: ModerationProgress | undefined,
  urls: ImageUrls & PageSurroundings,
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
    act: act ? presentAct(imageIdOf(entry.picture), act) : null,
  };
}
