/** Attributes by their lower-case names; those without a value are empty. */
export type Attributes = ReadonlyMap<string, string>;

/** What a page's HTML says that matters to the element. */
export interface PageMarkup {
  /** Of `<cafe-image>` and of places that are filled with one. */
  elements: Attributes[];
  /** Of scripts that define the element. */
  scripts: Attributes[];
  /** Policies in `<meta>`. */
  policies: string[];
}

/** Reads HTML as far as it is needed: tags and their attributes, without what is commented out. */
export function readPage(html: string): PageMarkup {
  const live = html.replace(/<!--.*?-->/gs, '');
  const tags = [...live.matchAll(/<([a-z][a-z0-9-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi)].map(
    ([, name = '', rest = '']) => ({ name: name.toLowerCase(), attributes: attributesIn(rest) }),
  );
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
