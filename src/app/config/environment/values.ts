import { z } from 'zod';

/** Marks a variable as secret; secrets.ts reads the mark. */
const SECRET = { isSecret: true };

export function text() {
  return z.string();
}

/** Never shown. Sent in headers, so ASCII only: this rejects typographic quotes and dashes. */
export function secret() {
  return text()
    .regex(/^[!-~]+$/, 'must be plain ASCII without blanks')
    .meta(SECRET);
}

/** One secret, or two during a rotation. */
export function secrets(least: number) {
  return list(secret().min(least, `must have at least ${least} characters`))
    .refine(({ length }) => length <= 2, 'must be one secret, or two separated by a comma')
    .meta(SECRET);
}

export function whole(least: number, most: number) {
  const range = `must be a whole number from ${least} to ${most}`;
  return text()
    .regex(/^\d{1,15}$/, range)
    .transform(Number)
    .refine((number) => number >= least && number <= most, range);
}

/** Converted to whole millionths. */
export function dollars() {
  return text()
    .regex(/^\d{1,7}(\.\d{1,6})?$/, 'must be an amount of US dollars such as 0.50')
    .transform((amount) => Math.round(Number(amount) * 1e6));
}

/** One of several words, in any case: platforms vary, as in `LOG_LEVEL=INFO`. */
export function word<const Words extends readonly string[]>(words: Words, message?: string) {
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.toLowerCase() : value),
    z.enum(words, message),
  );
}

export function flag() {
  return word(['true', 'false', '1', '0'], 'must be true or false').transform(
    (said) => said === 'true' || said === '1',
  );
}

export function headerName() {
  return text().regex(/^[A-Za-z0-9-]+$/, 'is not a header name');
}

export function list(item: z.ZodType<string, string> = text()) {
  return text()
    .transform((words) =>
      words
        .split(',')
        .map((word) => word.trim())
        .filter(Boolean),
    )
    .pipe(z.array(item));
}

export function url() {
  return (
    text()
      .refine(isHttpUrl, 'must be an http or https URL without query')
      // In ASCII, because it is sent in headers.
      .transform((value) => withoutSlashesAtEnd(new URL(value).href))
  );
}

/** Not a regular expression, which would take quadratic time on many slashes. */
export function withoutSlashesAtEnd(value: string): string {
  let end = value.length;
  while (value[end - 1] === '/') end -= 1;
  return value.slice(0, end);
}

function isHttpUrl(value: string): boolean {
  const { protocol = '', username, password } = URL.parse(value) ?? {};
  return /^https?:$/.test(protocol) && !/[?#]/.test(value) && !username && !password;
}

/** A secret as a whole: its path and query may contain credentials. */
export function webhook() {
  const form = 'must be an http or https URL';
  return secret()
    .refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), form)
    .meta(SECRET);
}

/**
 * OpenTelemetry's header format: `name=value`, comma-separated. The values are percent-encoded
 * secrets.
 */
export function secretPairs() {
  const form = 'must be name=value, separated by commas';
  return text()
    .regex(/^\s*[\w-]+=[^,]*(,\s*[\w-]+=[^,]*)*$/, form)
    .transform((words, ctx) => {
      try {
        return Object.fromEntries(words.split(',').map(pair));
      } catch {
        ctx.addIssue({ code: 'custom', message: form });
        return z.NEVER;
      }
    })
    .meta(SECRET);
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at).trim(), decodeURIComponent(text.slice(at + 1).trim())];
}

export function origin() {
  return (
    text()
      .refine((value) => isHttpUrl(value) && URL.parse(value)?.pathname === '/', {
        error: 'must be origins such as https://blog.example, separated by commas',
      })
      // In the form browsers send.
      .transform((value) => new URL(value).origin)
  );
}

export function prefix() {
  return text()
    .transform((value) => withoutSlashesAtEnd(value).replace(/^\/+/, ''))
    .refine(
      (value) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(value),
      'must be segments of letters, digits, dots, hyphens and underscores, joined by /',
    )
    .refine((value) => value.length <= 100, 'must not be longer than 100 characters');
}

/**
 * The URL of a PostgreSQL database. The password in it is also a secret of its own, percent-encoded
 * and decoded.
 */
export function databaseUrl() {
  return text()
    .refine(
      isPostgresUrl,
      'must be postgres://user:password@host:port/name; percent-encode special characters',
    )
    .transform((value) => {
      const { password } = new URL(value);
      return { url: value, password: decodeURIComponent(password), encodedPassword: password };
    })
    .meta(SECRET);
}

function isPostgresUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, searchParams, pathname, password } = new URL(value);
  const isNamed = pathname.length > 1;
  const hasHost = hostname !== '' || searchParams.has('host');
  const isPostgres = protocol === 'postgres:' || protocol === 'postgresql:';
  return isPostgres && hasHost && isNamed && isDecodable(password);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
