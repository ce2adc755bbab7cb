/** Attributes by lower-case name; the value is empty if the attribute has none. */
export type Attributes = ReadonlyMap<string, string>;

/** The parts of a page's HTML that concern the element. */
export interface PageMarkup {
  /** Attributes of `<cafe-image>` and of `[data-cafe-image]`. */
  elements: Attributes[];
  /** Attributes of scripts that define the element. */
  scripts: Attributes[];
  /** Content-Security-Policies in `<meta>` tags. */
  policies: string[];
}

/** Finds tags and their attributes, ignoring comments. Not a complete HTML parser. */
export function readPage(html: string): PageMarkup {
  const tags = [...tagsIn(html)];
  const isPolicy = (attributes: Attributes) =>
    attributes.get('http-equiv')?.toLowerCase() === 'content-security-policy';
  return {
    elements: tags
      .filter(({ name, attributes }) => name === 'cafe-image' || attributes.has('data-cafe-image'))
      .map(({ attributes }) => attributes),
    scripts: tags
      .filter(({ name, attributes }) => name === 'script' && isElementScript(attributes))
      .map(({ attributes }) => attributes),
    policies: tags
      .filter(({ name, attributes }) => name === 'meta' && isPolicy(attributes))
      .map(({ attributes }) => attributes.get('content') ?? ''),
  };
}

interface Tag {
  name: string;
  attributes: Attributes;
}

/** Linear in the length of the text, even for a megabyte of `<a <a <a`. */
function* tagsIn(html: string): Generator<Tag> {
  let at = html.indexOf('<');
  while (at !== -1) {
    let end = at + 1;
    if (html.startsWith('<!--', at)) end = endOfComment(html, at);
    else if (/[a-z]/i.test(html.charAt(end))) {
      end = endOfTag(html, end);
      const text = html.slice(at + 1, end);
      const [name = ''] = /^[a-z0-9-]+/i.exec(text) ?? [];
      const attributes = attributesIn(text.slice(name.length));
      if (end < html.length) yield { name: name.toLowerCase(), attributes };
    }
    at = html.indexOf('<', end);
  }
}

function endOfComment(html: string, start: number): number {
  const end = html.indexOf('-->', start);
  return end === -1 ? html.length : end;
}

/** The position of the next `>` outside quotes. */
function endOfTag(html: string, start: number): number {
  let at = start;
  while (at < html.length && html[at] !== '>') {
    const isQuote = html[at] === '"' || html[at] === "'";
    const closing = isQuote ? html.indexOf(html.charAt(at), at + 1) : -1;
    at = Math.max(at, closing) + 1;
  }
  return at;
}

function isElementScript(attributes: Attributes): boolean {
  const src = attributes.get('src') ?? '';
  return /(^|\/)(cafe-image|platforms\/browser)\.js([?#]|$)/.test(src);
}

function attributesIn(text: string): Attributes {
  const pairs = text.matchAll(/([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  return new Map(
    [...pairs].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decoded(double ?? single ?? bare ?? ''),
    ]),
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
  '&lt;': '<',
  '&gt;': '>',
};

function decoded(value: string): string {
  return value.replace(/&(?:amp|quot|#39|#x27|lt|gt);/gi, (entity) => {
    return ENTITIES[entity.toLowerCase()] ?? entity;
  });
}
