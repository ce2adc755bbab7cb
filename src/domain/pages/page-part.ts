import { CafeError } from '../kernel/errors.ts';

/** A path part that consists only of invisible characters and dots. */
const BLANK = /^[\s.\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

/**
 * A path segment or query value, with its escapes decoded.
 *
 * @throws CafeError `invalid_page`
 */
export function decodedPart(raw: string): string {
  let part: string;
  try {
    part = decodeURIComponent(raw);
  } catch (cause) {
    throw invalidPage('pagePath contains an invalid percent escape.', cause);
  }
  if (!part.isWellFormed()) throw invalidPage('pagePath is not valid Unicode.');
  if (/\p{Cc}/u.test(part)) throw invalidPage('pagePath must not contain control characters.');
  if (part.includes('\\')) throw invalidPage('pagePath must not contain backslashes.');
  if (part.split('/').includes('..')) throw invalidPage("pagePath must not contain '..' segments.");
  return part;
}

/** Whether the part has no visible character except dots. */
export function isBlank(part: string): boolean {
  return BLANK.test(part);
}

export function invalidPage(message: string, cause?: unknown): CafeError {
  return new CafeError('invalid_page', message, { cause });
}
