import { decodedPart } from './page-part.ts';

/**
 * What of a path's query tells pages apart, in the order of the names: `?p=123`. Empty where none of
 * the parameters is there with a value. Of two of one name the first counts.
 *
 * @throws CafeError `invalid_page` for a value that no part of a path may have
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
