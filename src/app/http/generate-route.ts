import type { Middleware } from 'koa';
import { z } from 'zod';
import { countryByCode, scopePhrase } from '../../domain/country.ts';
import { PAGE_TYPES, pageAt } from '../../domain/page.ts';
import type { PageImage } from '../../domain/page-image.ts';
import type { ServePageImage } from '../../domain/serve-page-image.ts';
import type { ProxyTrust } from '../config.ts';
import { clientAddress } from './client-address.ts';
import { jsonBody } from './json-body.ts';
import { Refusal } from './refusal.ts';

const GenerateRequest = z.object({
  context: z.object({
    pagePath: z.string(),
    pageType: z.enum(PAGE_TYPES),
  }),
});

/**
 * `POST /api/cafe/generate`: the picture of a page, for the reader who asks.
 *
 * Answers `{"url"}` and nothing else; with `?details=1` also the alternative text, the country, the
 * size in pixels where it is known, and where the picture came from.
 */
export function generateRoute(servePageImage: ServePageImage, trust: ProxyTrust): Middleware {
  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const { context } = parseRequest(await jsonBody(ctx.req));
    const page = pageAt(context.pagePath, context.pageType);
    const header = (name: string) => headerOf(ctx.req.headers[name]);
    const socketAddress = ctx.req.socket.remoteAddress;
    const address = clientAddress({ header, socketAddress }, trust);
    const image = await servePageImage.serve(page, { address, header });
    ctx.body = ctx.query.details === '1' ? presentDetails(image) : { url: image.url };
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

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}

function presentDetails({ url, source, picture }: PageImage) {
  const country = countryByCode(picture.country);
  return {
    url,
    alt: `A dish popular ${scopePhrase(country)}, imagined by AI`,
    country: country ? { code: country.code, name: country.name } : null,
    width: picture.width,
    height: picture.height,
    source,
  };
}
