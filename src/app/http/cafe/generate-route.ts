import type { IncomingMessage } from 'node:http';
import { isbot } from 'isbot';
import type { Middleware } from 'koa';
import { z } from 'zod';
import { RecalledImage } from '../../../domain/cafe/response-cache/cached-response.ts';
import { PageLookup } from '../../../domain/cafe/response-cache/response-cache.ts';
import type { ServePageImage } from '../../../domain/cafe/serve-page-image.ts';
import { countryByCode, scopePhrase } from '../../../domain/countries/country.ts';
import { creditOf, type PageImage } from '../../../domain/images/image-labels.ts';
import type { RenditionUrls } from '../../../domain/images/rendition-urls.ts';
import { type Asker, PAGE_TYPES, type Page, type PageNames } from '../../../domain/pages/page.ts';
import type { ProxyTrust } from '../../config/config.ts';
import { visitorOf } from '../client-address.ts';
import { setHeaders } from '../flat-headers.ts';
import { handedOver } from '../handed-over.ts';
import { jsonBody } from '../json-body.ts';
import { Refusal } from '../refusal.ts';
import type { RequestCounts } from '../request-counts.ts';

/** The request body. The domain validates paths. */
export const GenerateRequest = z.object({
  context: z.object({
    pagePath: z.string(),
    pageType: z.enum(PAGE_TYPES),
  }),
  // A malformed token counts as none.
  token: z.string().optional().catch(undefined),
});

/** Other query parameters are ignored. */
export const GenerateQuery = z.object({
  details: z.string().optional().describe('`1` for all details of the picture'),
});

export const PATH = '/api/cafe/generate';
/** The path the element requests. */
export const DETAILS_PATH = `${PATH}?details=1`;

/** The headers of every response with an image: names and values, alternating. */
export const ANSWER_HEADERS = [
  'Content-Type',
  'application/json; charset=utf-8',
  'Cache-Control',
  'no-store',
] as const;

/**
 * `POST /api/cafe/generate`: the image of a page for the requesting reader.
 *
 * Returns only `{"url"}`. With `?details=1` also the alternative text, the country and the source
 * of the image; if known, also its size in pixels, its ThumbHash in base64, and its renditions.
 */
export function generateRoute({
  servePageImage,
  names,
  present,
  trust,
  counts: { answers },
}: {
  servePageImage: ServePageImage;
  names: PageNames;
  present: ImagePresenter;
  trust: ProxyTrust;
  counts: RequestCounts;
}): Middleware {
  return async (ctx) => {
    const failure = handedOver(ctx.req)?.failure;
    if (failure) throw failure.cause;
    const { page, token } = requestedPicture(await jsonBody(ctx.req), names);
    const visitor = visitorOf(ctx.req, trust);
    const lookup = new PageLookup(page);
    const isKnown = servePageImage.recall(lookup, visitor) !== undefined;
    const image = await servePageImage.serve(
      lookup,
      visitor,
      askerOf(ctx.req, token),
      ctx.state.departure,
    );
    answers[isKnown ? 'known' : image.source] += 1;
    setHeaders(ctx, ANSWER_HEADERS);
    ctx.body = present(image, ctx.query.details === '1');
  };
}

/**
 * Facts about the client besides its address. Bots identify themselves, and no browser omits its
 * user agent.
 */
export function askerOf(
  { headers: { 'user-agent': userAgent } }: IncomingMessage,
  token: string | undefined,
): Omit<Asker, 'address'> {
  return { isBot: !userAgent || isbot(userAgent), token };
}

/**
 * The page and the page token from a request's JSON.
 *
 * @throws Refusal for malformed JSON, CafeError `invalid_page`
 */
export function requestedPicture(
  body: unknown,
  names: PageNames,
): { page: Page; token: string | undefined } {
  const parsed = GenerateRequest.safeParse(body);
  if (parsed.success) {
    const { context, token } = parsed.data;
    return { page: names.at(context.pagePath, context.pageType), token };
  }
  const where = parsed.error.issues[0]?.path.join('.') || 'the body';
  const expected = where.endsWith('pageType')
    ? `one of ${PAGE_TYPES.join(', ')}`
    : where.endsWith('pagePath')
      ? 'a string'
      : 'an object';
  throw new Refusal('invalid_request', `${where} must be ${expected}.`);
}

/** Serializes responses to JSON. */
export type ImagePresenter = (image: PageImage | RecalledImage, isDetailed: boolean) => string;

export function imagePresenter(renditionUrls: RenditionUrls): ImagePresenter {
  return (image, isDetailed) => {
    if (!isDetailed) return JSON.stringify({ url: image.url });
    const whole = image instanceof RecalledImage ? image.whole() : image;
    return JSON.stringify(presentDetails(whole, renditionUrls));
  };
}

function presentDetails({ url, source, picture }: PageImage, renditionUrls: RenditionUrls) {
  const country = countryByCode(picture.country);
  const renditions = renditionUrls.webps(picture);
  return {
    url,
    alt: `A dish popular ${scopePhrase(country)}, ${creditOf(picture.model)}`,
    country: country ? { code: country.code, name: country.name } : null,
    width: picture.width,
    height: picture.height,
    source,
    model: picture.model,
    placeholder: picture.renditions?.thumbhash,
    renditions: renditions.length > 0 ? renditions : undefined,
  };
}
