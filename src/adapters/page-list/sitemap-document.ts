import { gunzipSync } from 'node:zlib';
import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** What a document of a sitemap lists: pages, or further documents. */
export interface SitemapDocument {
  kind: 'pages' | 'sitemaps';
  /** URLs as they are written, whatever they are. */
  locations: string[];
}

/** What a document may have once it is unpacked, in bytes. What packs smaller than a hundredth is a bomb. */
const MOST_BYTES = 10_000_000;
const MOST_RATIO = 100;
const LEAST_CAP = 100_000;

const GZIP = Buffer.from([0x1f, 0x8b]);
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/**
 * Reads a sitemap or a sitemap index, packed with gzip or not.
 *
 * @throws Error for anything else, and for a document type, by which entities could be declared
 */
export function readDocument(bytes: Uint8Array): SitemapDocument {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(unpacked(Buffer.from(bytes)));
  if (/<!DOCTYPE/i.test(text)) throw new Error('the sitemap has a document type');
  const wrong = XMLValidator.validate(text);
  if (wrong !== true) throw new Error(`the sitemap is no XML: ${wrong.err.code}`);
  const { urlset, sitemapindex } = new XMLParser({
    processEntities: false,
    parseTagValue: false,
    isArray: (_, path) => path === 'urlset.url' || path === 'sitemapindex.sitemap',
  }).parse(text);
  if (urlset !== undefined) return { kind: 'pages', locations: locationsIn(urlset?.url) };
  if (sitemapindex === undefined)
    throw new Error('the sitemap has neither urlset nor sitemapindex');
  return { kind: 'sitemaps', locations: locationsIn(sitemapindex?.sitemap) };
}

function unpacked(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, GZIP.length).equals(GZIP)) return bytes;
  const cap = Math.max(LEAST_CAP, bytes.length * MOST_RATIO);
  return gunzipSync(bytes, { maxOutputLength: Math.min(MOST_BYTES, cap) });
}

function locationsIn(entries: readonly { loc?: unknown }[] = []): string[] {
  return entries
    .map(({ loc }) => loc)
    .filter((loc) => typeof loc === 'string')
    .map((loc) => loc.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, name) => ENTITIES[name] ?? ''));
}
