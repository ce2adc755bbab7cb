import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { repaired } from './repair.ts';
import { textOf } from './text.ts';

/** A parsed document: a sitemap, a sitemap index, or a feed. */
export interface SitemapDocument {
  kind: 'pages' | 'sitemaps' | 'feed';
  /** The unchecked URLs; empty for an entry without one. */
  locations: string[];
}

/** An element as the parser returns it: its text, or its children. */
type Element = string | { [name: string]: Element | Element[] | undefined };
type Elements = Element | Element[] | undefined;

const LISTS = new Set(['urlset.url', 'sitemapindex.sitemap', 'rss.channel.item', 'RDF.item']);
const FEED_LISTS = new Set(['feed.entry', 'feed.entry.link']);
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/**
 * Reads a sitemap, a sitemap index, a text file with one URL per line, or an RSS or Atom feed.
 *
 * @throws Error for anything else, and for a DOCTYPE, which could declare entities
 */
export function readDocument(bytes: Uint8Array): SitemapDocument {
  const text = textOf(bytes).trim();
  if (!text.startsWith('<') && !text.includes('<?xml')) return readLines(text);
  if (/<!DOCTYPE/i.test(text)) throw new Error('the sitemap has a DOCTYPE');
  const xml = repaired(text);
  const wrong = XMLValidator.validate(xml);
  if (wrong !== true) throw new Error(`the sitemap is not valid XML: ${wrong.err.code}`);
  const tree: Element = new XMLParser({
    processEntities: false,
    parseTagValue: false,
    removeNSPrefix: true,
    ignoreAttributes: (_, path) => String(path) !== 'feed.entry.link',
    isArray: (_, path) => LISTS.has(String(path)) || FEED_LISTS.has(String(path)),
  }).parse(xml);
  return readTree(tree);
}

function readLines(text: string): SitemapDocument {
  const lines = text.split(/[\r\n]/).map((line) => line.trim());
  const locations = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (!locations.some((line) => /^(https?:\/)?\/\S*$/i.test(line))) {
    throw new Error('the sitemap is neither XML (with a urlset) nor a list of URLs');
  }
  return { kind: 'pages', locations };
}

function readTree(tree: Element): SitemapDocument {
  const { urlset, sitemapindex, rss, RDF, feed } = childrenOf(tree);
  if (urlset !== undefined) return { kind: 'pages', locations: textsIn(urlset, 'url', 'loc') };
  if (sitemapindex !== undefined) {
    return { kind: 'sitemaps', locations: textsIn(sitemapindex, 'sitemap', 'loc') };
  }
  if (rss !== undefined) {
    return { kind: 'feed', locations: textsIn(childrenOf(rss).channel, 'item', 'link') };
  }
  if (RDF !== undefined) return { kind: 'feed', locations: textsIn(RDF, 'item', 'link') };
  if (feed !== undefined) {
    return { kind: 'feed', locations: childrenIn(feed, 'entry').map(atomLink) };
  }
  throw new Error('the sitemap has no urlset and no sitemapindex, and it is not a feed');
}

/** The text of one child of each entry. */
function textsIn(list: Elements, entry: string, child: string): string[] {
  return childrenIn(list, entry).map((each) => textIn(childrenOf(each)[child]));
}

function atomLink(entry: Element): string {
  const links = childrenIn(entry, 'link').map(childrenOf);
  const isPage = ({ '@_rel': rel }: (typeof links)[number]) => !rel || rel === 'alternate';
  return textIn(links.find(isPage)?.['@_href']);
}

function childrenIn(parent: Elements, name: string): Element[] {
  const children = childrenOf(parent)[name];
  if (children === undefined) return [];
  return Array.isArray(children) ? children : [children];
}

function childrenOf(element: Elements): Exclude<Element, string> {
  return typeof element === 'object' && !Array.isArray(element) ? element : {};
}

function textIn(element: Elements): string {
  if (Array.isArray(element)) return textIn(element[0]);
  const text = typeof element === 'object' ? element['#text'] : element;
  return typeof text === 'string' ? unescaped(text) : '';
}

function unescaped(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (...found) => {
      const [, decimal, hex, name] = found;
      if (name) return ENTITIES[String(name).toLowerCase()] ?? '';
      const code = Number.parseInt(decimal ?? hex, decimal ? 10 : 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '';
    },
  );
}
