/**
 * Prints the token of a page, for a template or to try one:
 *
 *   PAGE_TOKEN_SECRET=… npm run page-token -- article /posts/hello
 *
 * With two secrets it signs with the first.
 */

import { pageToken } from '../src/domain/cafe/admission/page-token.ts';
import { PAGE_TYPES, PageNames } from '../src/domain/pages/page.ts';

function tokenFor(
  name: string | undefined,
  path: string | undefined,
  secret: string | undefined,
  queryParameters: string[],
) {
  const type = PAGE_TYPES.find((each) => each === name);
  if (!type || !path)
    throw new Error(`Usage: npm run page-token -- ${PAGE_TYPES.join('|')} <path>`);
  if (!secret) throw new Error('PAGE_TOKEN_SECRET is not set.');
  return pageToken(secret, new PageNames({ queryParameters }).at(path, type));
}

function listIn(text = ''): string[] {
  return text.split(',').map((each) => each.trim());
}

try {
  const [, , type, path] = process.argv;
  const [secret] = listIn(process.env.PAGE_TOKEN_SECRET);
  const queryParameters = listIn(process.env.PAGE_QUERY_PARAMETERS).filter(Boolean);
  process.stdout.write(`${tokenFor(type, path, secret, queryParameters)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
