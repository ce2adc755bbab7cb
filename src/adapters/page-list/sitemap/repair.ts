/** Root elements of sitemaps and feeds. */
const ROOTS = ['urlset', 'sitemapindex', 'rss', 'feed', 'RDF'];
const DATA = { start: '<![CDATA[', end: ']]>' };
/** XML's predefined entities. Documents that declare others are rejected. */
const ENTITY = /^&(#\d{1,7}|#x[\da-f]{1,6}|amp|lt|gt|quot|apos);/i;
const LONGEST_ENTITY = 12;

/** Removes text before and after the XML, and escapes each bare `&`. */
export function repaired(xml: string): string {
  return withEscapes(withoutJunk(xml));
}

/** Some plugins print warnings before the declaration, and statistics after the end. */
function withoutJunk(xml: string): string {
  const start = Math.max(0, xml.indexOf('<?xml'));
  const ends = ROOTS.map((root) => xml.lastIndexOf(`${root}>`) + root.length + 1);
  const end = Math.max(...ends.map((at, index) => (at > (ROOTS[index]?.length ?? 0) ? at : 0)));
  return end > start ? xml.slice(start, end) : xml.slice(start);
}

function withEscapes(xml: string): string {
  const parts: string[] = [];
  for (let at = 0; at < xml.length; ) {
    const found = xml.indexOf(DATA.start, at);
    const start = found === -1 ? xml.length : found;
    parts.push(escaped(xml.slice(at, start)));
    const close = xml.indexOf(DATA.end, start);
    at = close === -1 ? xml.length : close + DATA.end.length;
    parts.push(xml.slice(start, at));
  }
  return parts.join('');
}

function escaped(text: string): string {
  const [first = '', ...others] = text.split('&');
  const rest = others.map((part) =>
    ENTITY.test(`&${part.slice(0, LONGEST_ENTITY)}`) ? `&${part}` : `&amp;${part}`,
  );
  return [first, ...rest].join('');
}
