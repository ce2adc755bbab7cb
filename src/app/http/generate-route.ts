import type { Middleware } from 'koa';
import { z } from 'zod';
import { countryByCode, scopePhrase } from '../../domain/country.ts';
import { PAGE_TYPES, pageAt } from '../../domain/page.ts';
import type { PageImage } from '../../domain/page-image.ts';
import type { RenditionUrls } from '../../domain/rendition-urls.ts';
import type { ServePageImage } from '../../domain/serve-page-image.ts';
import type { ProxyTrust } from '../config.ts';
import { jsonBody } from './json-body.ts';
import { Refusal } from './refusal.ts';
import { visitorOf } from './visitor.ts';

const GenerateRequest = z.object({
  context: z.object({
    pagePath: z.string(),
    pageType: z.enum(PAGE_TYPES),
  }),
});

/**
 * `POST /api/cafe/generate`: the picture of a page, for the reader who asks.
 *
 * Answers `{"url"}` and nothing else; with `?details=1` also the alternative text, the country, and
 * where the picture came from; where they are known, its size in pixels, its ThumbHash in base64, and
 * smaller files of it.
 */
export function generateRoute(
  servePageImage: ServePageImage,
  renditionUrls: RenditionUrls,
  trust: ProxyTrust,
): Middleware {
  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const { context } = parseRequest(await jsonBody(ctx.req));
    const page = pageAt(context.pagePath, context.pageType);
    const image = await servePageImage.serve(page, visitorOf(ctx.req, trust));
    const { url } = image;
    ctx.body = ctx.query.details === '1' ? presentDetails(image, renditionUrls) : { url };
  };
}

function parseRequest(body: unknown): z.infer<typeof GenerateRequest> {
  const parsed = GenerateRequest.safeParse(body);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') || 'the body';
  const expected = where.endsWith('pageType')
    ? `one of ${PAGE_TYPES.join(', ')}`
    : where.endsWith('pagePath')
      ? 'a string'
      : 'an object';
  throw new Refusal('invalid_request', `${where} must be ${expected}.`);
}

function presentDetails({ url, source, picture }: PageImage, renditionUrls: RenditionUrls) {
  const country = countryByCode(picture.country);
  const renditions = renditionUrls.webps(picture);
  return {
    url,
    alt: `A dish popular ${scopePhrase(country)}, imagined by AI`,
    country: country ? { code: country.code, name: country.name } : null,
    width: picture.width,
    height: picture.height,
    source,
    placeholder: picture.renditions?.thumbhash,
    renditions: renditions.length > 0 ? renditions : undefined,
  };
}
