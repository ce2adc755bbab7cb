import { decodedPart } from './page-part.ts';

/**
 * The part of a path's query that distinguishes pages, sorted by name: `?p=123`. Empty if no such
 * parameter has a value. The first of several parameters of one name counts.
 *
 * @throws CafeError `invalid_page` for a value that is not allowed in a path
 */
export function pageQuery(pagePath: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const [, query = ''] = /^[^?#]*\?([^#]*)/.exec(pagePath) ?? [];
  const pairs = query.split('&').map((pair) => {
    const at = pair.indexOf('=');
    return at === -1 ? ([pair, ''] as const) : ([pair.slice(0, at), pair.slice(at + 1)] as const);
  });
  const found = names.flatMap((name) => {
    const value = pairs.find(([each, text]) => each === name && text !== '')?.[1];
    if (value === undefined) return [];
    const decoded = decodedPart(value.replaceAll('+', ' ')).normalize('NFC');
    return [`${name}=${encodeURIComponent(decoded)}`];
  });
  return found.length === 0 ? '' : `?${found.join('&')}`;
}
