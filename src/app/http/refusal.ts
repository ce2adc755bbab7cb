/** Errors of the HTTP layer itself. */
export type RefusalCode =
  | 'invalid_json'
  | 'invalid_request'
  | 'unauthorized'
  | 'too_many_attempts'
  | 'cross_site'
  | 'conflict'
  | 'origin_not_allowed'
  | 'not_found'
  | 'accounts_off'
  | 'method_not_allowed'
  | 'body_too_large'
  | 'unsupported_media_type';

/** `message` is for the caller. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
