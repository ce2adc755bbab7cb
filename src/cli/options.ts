import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { withoutSlashesAtEnd } from '../app/config/environment/values.ts';
import { parseEnvFile } from './env-file.ts';
import { CommandError } from './terminal.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Creates a parser for option values that are whole numbers in a range. */
export function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d{1,9}$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** Parses an option value that is the URL of a page. */
export function pageUrl(text: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url;
  throw new InvalidArgumentError('It must be a URL such as https://blog.example/posts/hello/.');
}

/** Parses an option value that is the URL of a service, and removes the slash at its end. */
export function baseUrl(text: string): string {
  const url = pageUrl(text);
  if (!url.search && !url.hash) return withoutSlashesAtEnd(url.href);
  throw new InvalidArgumentError('It must be a URL such as https://cafe.example.');
}

/** The URL of the service: the option's value, else the one that the blog is built with. */
export function serviceOf(option: string | undefined, env: Env): string {
  if (option !== undefined) return option;
  const apiUrl = env.BYTESIZED_CAFE_API_URL;
  if (apiUrl) return baseUrl(apiUrl);
  throw new CommandError(
    'Set --service to the URL of the service, such as https://cafe.example, or http://localhost:8080 for npm start.',
  );
}

/**
 * The environment, completed with the variables of a file. The file is parsed as `docker run --env-file`
 * does, so that the doctor finds the same problems.
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
