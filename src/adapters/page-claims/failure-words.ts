import { CafeError, type CafeErrorCode } from '../../domain/kernel/errors.ts';

/** What those who waited for another's claim are told, for each way in which it can fail. */
const WORDS: Readonly<Record<CafeErrorCode, string>> = {
  invalid_page: 'No picture can be kept for this page.',
  no_image_available: 'No picture is available yet.',
  storage_unavailable: 'The pictures cannot be reached at the moment.',
  upstream_failed: 'The picture could not be made.',
  generation_timeout: 'The picture took too long to make.',
  draining: 'The picture was not begun; ask again soon.',
  overloaded: 'The service is overloaded. Try again soon.',
};

export function isFailure(code: unknown): code is CafeErrorCode {
  return typeof code === 'string' && Object.hasOwn(WORDS, code);
}

/** The failure as it happened to another, on behalf of whom it waited for. */
export function failureOfAnother(code: CafeErrorCode): CafeError {
  return new CafeError(code, WORDS[code]);
}
