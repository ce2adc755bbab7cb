import {
  type CryptoKey,
  decodeProtectedHeader,
  errors,
  type JWSHeaderParameters,
  jwtVerify,
} from 'jose';
import type {
  TokenCheck,
  TokenFault,
  TokenVerifier,
} from '../../domain/accounts/token-verifier.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import { CafeError } from '../../domain/kernel/errors.ts';
import { IssuerKeys } from './jose/issuer-keys.ts';

/** The source of the keys that sign the tokens. */
export type TokenKeys =
  /** The issuer's public keys, as a JSON Web Key Set. */
  | { jwksUrl: string }
  /** Shared with the issuer, each at least 32 characters. Two during a rotation. */
  | { secrets: readonly string[] };

export interface JoseTokenVerifierOptions {
  keys: TokenKeys;
  /** Compared character by character, including a slash at the end. */
  issuer: string;
  audience: string;
  clock: Clock;
  /** Time for the issuer's keys to arrive, in milliseconds. Default: 3,000. */
  fetchTimeoutMs?: number;
}

/**
 * The algorithms of public keys. No algorithm with a shared secret may be among them, see {@link
 * TokenVerifier}.
 */
const ASYMMETRIC = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const SYMMETRIC = ['HS256'];
const FETCH_TIMEOUT_MS = 3000;
/** Seconds that the clocks of this machine and of the issuer may differ. */
const CLOCK_TOLERANCE = 30;

/** The keys that may have signed a token. */
interface KeySource {
  keysFor(header: JWSHeaderParameters): Promise<readonly (CryptoKey | Uint8Array)[]>;
}

/** Verifies access tokens with the library jose. */
export class JoseTokenVerifier implements TokenVerifier {
  readonly #options: JoseTokenVerifierOptions;
  readonly #algorithms: readonly string[];
  readonly #source: KeySource;

  constructor(options: JoseTokenVerifierOptions) {
    this.#options = options;
    const { keys, clock, fetchTimeoutMs: timeoutMs = FETCH_TIMEOUT_MS } = options;
    if ('secrets' in keys) {
      const secrets = keys.secrets.map((secret) => new TextEncoder().encode(secret));
      this.#algorithms = SYMMETRIC;
      this.#source = { keysFor: async () => secrets };
    } else {
      this.#algorithms = ASYMMETRIC;
      this.#source = new IssuerKeys({ url: keys.jwksUrl, clock, timeoutMs });
    }
  }

  async verify(token: string): Promise<TokenCheck> {
    const header = headerOf(token);
    if (!header) return { fault: 'malformed_token' };
    if (!this.#algorithms.includes(header.alg ?? '')) return { fault: 'wrong_algorithm' };
    let check: TokenCheck = { fault: 'unknown_signing_key' };
    let failure: unknown;
    for (const key of await this.#source.keysFor(header)) {
      try {
        check = await this.#verifyWith(key, token);
      } catch (error) {
        // The token may be signed with the next key.
        failure = error;
        continue;
      }
      if (!('fault' in check) || check.fault !== 'wrong_signature') return check;
    }
    if (failure) throw failure;
    return check;
  }

  async #verifyWith(key: CryptoKey | Uint8Array, token: string): Promise<TokenCheck> {
    const { issuer, audience, clock } = this.#options;
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [...this.#algorithms],
        issuer,
        audience,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: CLOCK_TOLERANCE,
        currentDate: new Date(clock.now()),
      });
      const { sub: subject } = payload;
      return typeof subject === 'string' && subject !== ''
        ? { subject }
        : { fault: 'malformed_token' };
    } catch (error) {
      return { fault: faultIn(error) };
    }
  }
}

function headerOf(token: string): JWSHeaderParameters | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}

/** @throws CafeError `issuer_unavailable` if the key is faulty, for example too short */
function faultIn(error: unknown): TokenFault {
  if (!(error instanceof errors.JOSEError)) {
    throw new CafeError('issuer_unavailable', 'A key of the token issuer cannot be used.', {
      cause: error,
    });
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'wrong_signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'wrong_algorithm';
  if (error instanceof errors.JWTExpired) return 'expired_token';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'malformed_token';
  if (error.claim === 'iss') return 'wrong_issuer';
  if (error.claim === 'aud') return 'wrong_audience';
  const isEarly = error.claim === 'nbf' && error.reason === 'check_failed';
  return isEarly ? 'token_not_yet_valid' : 'malformed_token';
}
