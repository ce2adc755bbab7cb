export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  /** Its own text, without that of its children. */
  text: string;
}

const TOKEN =
  /<\?xml [^>]*\?>|<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/**
 * Parses XML of the plain kind: elements, attributes in double quotes, text, five entities.
 *
 * @throws an Error where it is not well-formed
 */
export function parseXml(source: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  let end = 0;
  for (const token of source.matchAll(TOKEN)) {
    end = token.index + token[0].length;
    take(token, open);
  }
  if (end < source.length) throw new Error(`not XML: ${source.slice(end, end + 60)}`);
  if (open.length !== 1 || root.children.length !== 1) throw new Error('not one whole element');
  return root.children[0]!;
}

/** Adds what a token is to the elements that are open, the innermost last. */
function take(token: RegExpExecArray, open: XmlElement[]): void {
  const [, closing, name, attributes = '', isEmpty, text] = token;
  const parent = open.at(-1)!;
  if (text !== undefined) parent.text += decode(text);
  else if (closing) {
    if (open.pop()!.name !== name) throw new Error(`</${name}> closes <${parent.name}>`);
  } else if (name) {
    const element = { name, attributes: attributesOf(attributes), children: [], text: '' };
    parent.children.push(element);
    if (!isEmpty) open.push(element);
  }
}

/** All elements of a name, in order. */
export function elements(within: XmlElement, name: string): XmlElement[] {
  return within.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...elements(child, name),
  ]);
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w:.-]+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, decode(value)]));
}

function decode(text: string): string {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/.test(text.replaceAll(/[\ud800-\udfff]/g, ''))) {
    throw new Error(`not a character of XML in: ${text}`);
  }
  return text.replaceAll(/&([^;]*);?/g, (entity, name) => {
    const character = ENTITIES[name];
    if (character === undefined) throw new Error(`no entity: ${entity}`);
    return character;
  });
}
