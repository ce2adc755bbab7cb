import { CafeError, type CafeErrorCode } from '../../domain/kernel/errors.ts';

/** Error messages for requests that waited for a claim of another replica. */
const WORDS: Readonly<Record<CafeErrorCode, string>> = {
  invalid_page: 'This page cannot have a picture.',
  no_image_available: 'No picture is available yet.',
  storage_unavailable: 'The image store is unavailable.',
  database_unavailable: 'The database is unavailable. Try again soon.',
  upstream_failed: 'The picture could not be generated.',
  generation_timeout: 'Generating the picture took too long.',
  draining: 'The service is stopping. Try again soon.',
  overloaded: 'The service is overloaded. Try again soon.',
  issuer_unavailable: 'The access token cannot be checked now. Try again soon.',
};

export function isFailure(code: unknown): code is CafeErrorCode {
  return typeof code === 'string' && Object.hasOwn(WORDS, code);
}

/** The error of a request that waited for another replica, which failed. */
export function failureOfAnother(code: CafeErrorCode): CafeError {
  return new CafeError(code, WORDS[code]);
}
