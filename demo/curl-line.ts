import type { Order } from './cafe-api.ts';

/** The same order for a POSIX shell, in short lines. */
export function curlLine({ pagePath, pageType, address }: Order, origin: string): string {
  const body = [
    '{"context": {',
    `    "pagePath": ${JSON.stringify(pagePath)},`,
    `    "pageType": ${JSON.stringify(pageType)}}}`,
  ].join('\n');
  return [
    'curl',
    "-H 'Content-Type: application/json'",
    ...(address === undefined ? [] : [`-H 'X-Real-IP: ${address}'`]),
    `-d ${quoted(body)}`,
    `'${origin}/api/cafe/generate?details=1'`,
  ].join(' \\\n  ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
