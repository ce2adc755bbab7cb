/**
 * Why an access token is refused, for the log.
 *
 * - `malformed_token`: it is no signed JWT, or a claim has the wrong type or is missing.
 * - `wrong_algorithm`: it is signed in a way that is not allowed here, such as `none`.
 * - `unknown_signing_key`: no key of the issuer matches it.
 * - `wrong_signature`: it was changed, or signed with another key.
 * - `wrong_issuer`, `wrong_audience`: it was made by another issuer, or for another service.
 * - `expired_token`, `token_not_yet_valid`: its time is over, or has not begun.
 */
export type TokenFault =
  | 'malformed_token'
  | 'wrong_algorithm'
  | 'unknown_signing_key'
  | 'wrong_signature'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'expired_token'
  | 'token_not_yet_valid';

/** `subject` is the `sub` claim as the issuer wrote it. It is not yet a valid account id. */
export type TokenCheck = { subject: string } | { fault: TokenFault };

/**
 * Verifies access tokens (JWT) of the configured issuer.
 *
 * A token is accepted only if all of this holds: it is signed with a key of the issuer by an
 * allowed algorithm; `iss` is the issuer; `aud` is or contains the audience; `exp` is present and
 * not over; `nbf`, if present, has begun; `sub` is a text that is not empty. Clocks may differ by
 * 30 seconds. The algorithms are either asymmetric (with the issuer's public keys) or HS256 (with a
 * shared secret), never both: otherwise a public key could be used as a secret. Keys named or
 * embedded in a token are ignored.
 *
 * A key that the issuer adds is accepted within half a minute after the first token that names it.
 * One that the issuer removes is refused after ten minutes, or after an hour while the issuer does
 * not respond.
 *
 * If a token cannot be checked because the issuer's keys cannot be fetched, `verify` throws
 * `CafeError('issuer_unavailable')`. That says nothing about the token.
 */
export interface TokenVerifier {
  verify(token: string): Promise<TokenCheck>;
}
