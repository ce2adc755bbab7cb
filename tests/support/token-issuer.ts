import { randomBytes } from 'node:crypto';
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import type { ManualClock } from '../../src/adapters/clock/manual.ts';
import { serveFetch } from './serve-fetch.ts';

export const ISSUER = 'https://issuer.example/';
export const AUDIENCE = 'cafe';

/** Claims by name. One that is `undefined` is left out. */
export type Claims = Readonly<Record<string, unknown>>;

/** Signs tokens as an issuer does, with its own keys and claims unless others are given. */
export interface Signer {
  sign(claims?: Claims, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

/** What a right token says. */
function claimsAt(clock: ManualClock, claims: Claims): JWTPayload {
  const now = Math.floor(clock.now() / 1000);
  const usual = { iss: ISSUER, aud: AUDIENCE, sub: 'user_1', iat: now, exp: now + 300 };
  const all = Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(all);
}

export function signerWith(
  clock: ManualClock,
  key: CryptoKey | Uint8Array,
  usual: JWTHeaderParameters,
): Signer {
  return {
    sign: (claims = {}, header = {}) =>
      new SignJWT(claimsAt(clock, claims)).setProtectedHeader({ ...usual, ...header }).sign(key),
  };
}

/** An issuer that shares a secret with the service. */
export function secretIssuer(clock: ManualClock, secret = randomBytes(32).toString('hex')) {
  return { secret, ...signerWith(clock, new TextEncoder().encode(secret), { alg: 'HS256' }) };
}

export function keyPair(alg: string) {
  return generateKeyPair(alg, { extractable: true });
}

/** A key pair of an issuer. */
export async function signingKey(
  clock: ManualClock,
  alg: string,
  kid?: string,
  pair = keyPair(alg),
) {
  const { publicKey, privateKey } = await pair;
  const named = kid === undefined ? {} : { kid };
  const jwk: JWK = { ...(await exportJWK(publicKey)), ...named, alg, use: 'sig' };
  return {
    jwk,
    privateJwk: { ...(await exportJWK(privateKey)), ...named, alg, use: 'sig' },
    /** The public key as PEM. */
    pem: await exportSPKI(publicKey),
    ...signerWith(clock, privateKey, { alg, ...named }),
  };
}

export type SigningKey = Awaited<ReturnType<typeof signingKey>>;

/** An issuer's key set on a real port. */
export async function serveKeySet(first: readonly JWK[]) {
  const state = {
    keys: first,
    /** How often the set was requested. */
    requests: 0,
    /** Answers instead of the set. */
    instead: undefined as (() => Promise<Response>) | undefined,
  };
  const server = await serveFetch(async () => {
    state.requests += 1;
    return state.instead ? state.instead() : Response.json({ keys: state.keys });
  });
  return { state, url: `${server.url}/.well-known/jwks.json`, close: server.close };
}
