import type { Middleware } from 'koa';
import { z } from 'zod';
import type { FindPageImage } from '../../../domain/cafe/find-page-image.ts';
import type { PageImage } from '../../../domain/images/image-labels.ts';
import type { RenditionUrls } from '../../../domain/images/rendition-urls.ts';
import { PAGE_TYPES, type PageNames } from '../../../domain/pages/page.ts';
import type { ProxyTrust } from '../../config/config.ts';
import { visitorOf } from '../client-address.ts';
import { Refusal } from '../refusal.ts';
import { PLACEHOLDER, PLACEHOLDER_CARD } from './placeholders.ts';

export const PATH = '/api/cafe/image';

export const PageImageQuery = z.object({
  path: z.string(),
  type: z.enum(PAGE_TYPES),
  rendition: z.literal('card').optional(),
});

/** The requirement for each parameter, used in error messages. */
const EXPECTED: Readonly<Record<keyof z.infer<typeof PageImageQuery>, string>> = {
  path: 'given once',
  type: `one of ${PAGE_TYPES.join(', ')}`,
  rendition: 'card, or left out',
};

/**
 * `GET /api/cafe/image?path=…&type=…`: redirects to the image of a page, for clients without
 * scripts. With `rendition=card`, redirects to its JPEG for previews, if there is one.
 *
 * It generates nothing, so bots may request any page. The response depends on the reader's
 * location, which is not in a header that shared caches could vary on, so they must not store it. A
 * page may soon get its own image, so browsers cache it for five minutes.
 */
export function pageImageRoute(
  findPageImage: FindPageImage,
  names: PageNames,
  renditionUrls: RenditionUrls,
  trust: ProxyTrust,
): Middleware {
  return async (ctx) => {
    ctx.set('X-Robots-Tag', 'noindex');
    const { path, type, rendition } = parseQuery(ctx.query);
    const image = await findPageImage.find(
      names.at(path, type),
      visitorOf(ctx.req, trust),
      ctx.state.departure,
    );
    ctx.set('Cache-Control', 'private, max-age=300');
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    ctx.status = 302;
    ctx.set('Location', rendition ? cardOf(image, renditionUrls) : (image?.url ?? PLACEHOLDER));
    ctx.body = '';
  };
}

function cardOf(image: PageImage | undefined, renditionUrls: RenditionUrls): string {
  if (!image) return PLACEHOLDER_CARD;
  return renditionUrls.card(image.picture) ?? image.url;
}

function parseQuery(query: object): z.infer<typeof PageImageQuery> {
  const parsed = PageImageQuery.safeParse(query);
  if (parsed.success) return parsed.data;
  const name = parsed.error.issues[0]?.path[0] as keyof typeof EXPECTED;
  throw new Refusal('invalid_request', `${name} must be ${EXPECTED[name]}.`);
}
