/**
 * Prints the token of a page, for a template or to try one:
 *
 *   PAGE_TOKEN_SECRET=… npm run page-token -- article /posts/hello
 *
 * With two secrets it signs with the first.
 */
import { PAGE_TYPES, pageAt } from '../src/domain/page.ts';
import { pageToken } from '../src/domain/page-token.ts';

function tokenFor(name: string | undefined, path: string | undefined, secret: string | undefined) {
  const type = PAGE_TYPES.find((each) => each === name);
  if (!type || !path)
    throw new Error(`Usage: npm run page-token -- ${PAGE_TYPES.join('|')} <path>`);
  if (!secret) throw new Error('PAGE_TOKEN_SECRET is not set.');
  return pageToken(secret, pageAt(path, type));
}

try {
  const [, , type, path] = process.argv;
  const [secret] = (process.env.PAGE_TOKEN_SECRET ?? '').split(',').map((each) => each.trim());
  process.stdout.write(`${tokenFor(type, path, secret)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
