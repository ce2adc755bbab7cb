import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { withoutSlashesAtEnd } from '../app/config/environment-values.ts';
import { parseEnvFile } from './env-file.ts';
import { CommandError } from './terminal.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** An option's value: a whole number in a range. */
export function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d{1,9}$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** An option's value: a page's address. */
export function pageUrl(text: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url;
  throw new InvalidArgumentError(
    'It must be an address such as https://blog.example/posts/hello/.',
  );
}

/** An option's value: where a service is, of which the slash at the end is left out. */
export function baseUrl(text: string): string {
  const url = pageUrl(text);
  if (!url.search && !url.hash) return withoutSlashesAtEnd(url.href);
  throw new InvalidArgumentError('It must be an address such as https://cafe.example.');
}

/** The service that a command is for: the one given, else the one that the blog is built with. */
export function serviceOf(
  given: string | undefined,
  { BYTESIZED_CAFE_API_URL: built }: Env,
): string {
  if (given !== undefined) return given;
  if (built) return baseUrl(built);
  throw new CommandError(
    'Say with --service where the cafe is, such as https://cafe.example, or http://localhost:8080 for npm start.',
  );
}

/**
 * The environment, and for what it does not set, a file. The file is read as docker reads it, so that
 * the doctor finds what would go wrong there.
 *
 * @throws CommandError
 */
export function environmentWith(file: string | undefined, env: Env): Env {
  if (file === undefined) return env;
  try {
    const set = Object.entries(env).filter(([, value]) => value);
    return { ...parseEnvFile(readFileSync(file, 'utf8')), ...Object.fromEntries(set) };
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
