import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { JoseTokenVerifier } from '../../src/adapters/token-verifier/jose.ts';
import { AUDIENCE, ISSUER, serveKeySet, signerWith, signingKey } from '../support/token-issuer.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const ACCEPTED = { subject: 'user_1' };
const UNKNOWN = { fault: 'unknown_signing_key' };
const UNAVAILABLE = { code: 'issuer_unavailable' };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A verifier, and the issuer whose key set it reads. */
async function open({ fetchTimeoutMs = 10_000 } = {}) {
  const clock = new ManualClock(NOON);
  const first = await signingKey(clock, 'ES256', 'first');
  const issuer = await serveKeySet([first.jwk]);
  closing.push(issuer.close);
  const verifier = new JoseTokenVerifier({
    keys: { jwksUrl: issuer.url },
    issuer: ISSUER,
    audience: AUDIENCE,
    clock,
    fetchTimeoutMs,
  });
  /** A token that is valid for a day, so that only the keys matter. */
  const tokenOf = (key: { sign: typeof first.sign }, header = {}) =>
    key.sign({ exp: Math.floor(clock.now() / 1000) + 86_400 }, header);
  const verify = async (key = first, header = {}) => verifier.verify(await tokenOf(key, header));
  return { clock, first, issuer, verifier, verify, tokenOf };
}

describe('forged tokens', () => {
  it('signed by HS256 with the public key as the secret are refused', async () => {
    const { clock, first, issuer, verifier, verify } = await open();
    expect(await verify()).toEqual(ACCEPTED);
    const texts = [first.pem, first.pem.trim(), JSON.stringify(first.jwk), first.jwk.x ?? ''];
    for (const text of texts) {
      const forger = signerWith(clock, new TextEncoder().encode(text.padEnd(32)), {
        alg: 'HS256',
        kid: 'first',
      });
      expect(await verifier.verify(await forger.sign())).toEqual({ fault: 'wrong_algorithm' });
    }
    expect(issuer.state.requests).toBe(1);
  });

  it('that bring or name a key of their own are refused, and nothing is fetched', async () => {
    const { clock, verifier } = await open();
    const theirs = await signingKey(clock, 'ES256', 'first');
    const forger = await serveKeySet([theirs.jwk]);
    closing.push(forger.close);
    for (const header of [{ jwk: theirs.jwk }, { jku: forger.url }, { x5u: forger.url }]) {
      const token = await theirs.sign({}, header);
      expect(await verifier.verify(token)).toEqual({ fault: 'wrong_signature' });
    }
    expect(forger.state.requests).toBe(0);
  });

  it('with a key that does not exist cause at most one fetch in 30 seconds', async () => {
    const { clock, issuer, verify } = await open();
    expect(await verify()).toEqual(ACCEPTED);
    for (let n = 0; n < 50; n += 1) {
      expect(await verify(undefined, { kid: `invented-${n}` })).toEqual(UNKNOWN);
    }
    expect(issuer.state.requests).toBe(1);
    await clock.advance(30 * SECOND);
    for (let n = 0; n < 50; n += 1) {
      expect(await verify(undefined, { kid: `invented-${n}` })).toEqual(UNKNOWN);
    }
    expect(issuer.state.requests).toBe(2);
  });

  it('of another kind of key than the one they name are refused', async () => {
    const { clock, issuer, verify, first } = await open();
    const rsa = await signingKey(clock, 'RS256', 'first');
    expect(await verify(rsa)).toEqual(UNKNOWN);
    issuer.state.keys = [first.jwk];
  });
});

describe('the keys of the issuer', () => {
  it('are fetched once, however many tokens come at once', async () => {
    const { issuer, verify } = await open();
    const checks = await Promise.all(Array.from({ length: 20 }, () => verify()));
    expect(checks).toEqual(Array(20).fill(ACCEPTED));
    expect(issuer.state.requests).toBe(1);
  });

  it('are rotated: a new one is accepted within 30 seconds, a removed one refused after ten minutes', async () => {
    const { clock, issuer, first, verify } = await open();
    expect(await verify()).toEqual(ACCEPTED);
    const second = await signingKey(clock, 'RS256', 'second');
    issuer.state.keys = [first.jwk, second.jwk];
    await clock.advance(30 * SECOND);
    expect(await verify(second)).toEqual(ACCEPTED);
    issuer.state.keys = [second.jwk];
    expect(await verify()).toEqual(ACCEPTED);
    await clock.advance(10 * MINUTE);
    expect(await verify()).toEqual(UNKNOWN);
    expect(await verify(second)).toEqual(ACCEPTED);
  });

  it('may be without names', async () => {
    const { clock, issuer, verify } = await open();
    const nameless = await Promise.all([1, 2].map(() => signingKey(clock, 'ES256')));
    issuer.state.keys = nameless.map(({ jwk }) => jwk);
    for (const key of nameless) expect(await verify(key)).toEqual(ACCEPTED);
    const stranger = await signingKey(clock, 'ES256');
    expect(await verify(stranger)).toEqual({ fault: 'wrong_signature' });
  });

  it('for encryption, or of shared secrets, sign nothing', async () => {
    const { issuer, first, verify } = await open();
    issuer.state.keys = [
      { ...first.jwk, use: 'enc' },
      { kty: 'oct', k: 'c2VjcmV0', kid: 'first' },
    ];
    expect(await verify()).toEqual(UNKNOWN);
  });
});

describe('an issuer that does not answer', () => {
  const answers: [string, () => Promise<Response>][] = [
    ['cuts the connection', async () => Response.error()],
    ['answers 500', async () => new Response('no', { status: 500 })],
    ['answers 404', async () => new Response(null, { status: 404 })],
    ['sends another document', async () => new Response('<html>')],
    ['sends no set', async () => Response.json({ key: [] })],
    ['sends an empty set', async () => Response.json({ keys: [] })],
    ['sends broken UTF-8', async () => new Response(new Uint8Array([0x7b, 0xff, 0x7d]))],
  ];

  it.each(answers)(
    'because it %s is a failure, and says nothing of the token',
    async (_, instead) => {
      const { clock, issuer, verify } = await open();
      issuer.state.instead = instead;
      await expect(verify()).rejects.toMatchObject({ ...UNAVAILABLE, cause: expect.anything() });
      issuer.state.instead = undefined;
      await clock.advance(2 * SECOND);
      expect(await verify()).toEqual(ACCEPTED);
    },
  );

  it('but sends its keys in too large a document, or from elsewhere, is a failure, too', async () => {
    const { clock, first, issuer, verify } = await open();
    const keys = JSON.stringify({ keys: [first.jwk] });
    const elsewhere = await serveKeySet([first.jwk]);
    closing.push(elsewhere.close);
    const headers = { Location: elsewhere.url };
    for (const instead of [
      async () => new Response(keys.padEnd(262_145)),
      async () => new Response(null, { status: 302, headers }),
      async () => new Response(keys, { status: 203 }),
    ]) {
      issuer.state.instead = instead;
      await expect(verify()).rejects.toMatchObject(UNAVAILABLE);
      await clock.advance(2 * SECOND);
    }
    expect(elsewhere.state.requests).toBe(0);
    issuer.state.instead = async () => new Response(keys.padEnd(262_144));
    expect(await verify()).toEqual(ACCEPTED);
  });

  it('in time is a failure, too', async () => {
    const { issuer, verify } = await open({ fetchTimeoutMs: 50 });
    issuer.state.instead = () => new Promise(() => {});
    await expect(verify()).rejects.toMatchObject({
      ...UNAVAILABLE,
      cause: expect.objectContaining({ name: 'TimeoutError' }),
    });
  });

  it('is not asked again for two seconds while there are no keys', async () => {
    const { clock, issuer, verify } = await open();
    issuer.state.instead = async () => Response.error();
    for (let n = 0; n < 5; n += 1) await expect(verify()).rejects.toMatchObject(UNAVAILABLE);
    expect(issuer.state.requests).toBe(1);
    await clock.advance(2 * SECOND);
    await expect(verify()).rejects.toMatchObject(UNAVAILABLE);
    expect(issuer.state.requests).toBe(2);
  });

  it('leaves its last keys in use for an hour, and is asked every 30 seconds', async () => {
    const { clock, issuer, verify } = await open();
    expect(await verify()).toEqual(ACCEPTED);
    issuer.state.instead = async () => Response.error();
    await clock.advance(10 * MINUTE);
    for (let n = 0; n < 5; n += 1) expect(await verify()).toEqual(ACCEPTED);
    expect(issuer.state.requests).toBe(2);
    await clock.advance(30 * SECOND);
    expect(await verify()).toEqual(ACCEPTED);
    expect(issuer.state.requests).toBe(3);
    await clock.advance(49 * MINUTE + 30 * SECOND);
    await expect(verify()).rejects.toMatchObject(UNAVAILABLE);
    issuer.state.instead = undefined;
    await clock.advance(2 * SECOND);
    expect(await verify()).toEqual(ACCEPTED);
  });

  it('makes a token with an unknown key a failure, as the key may be new', async () => {
    const { clock, issuer, verify } = await open();
    expect(await verify()).toEqual(ACCEPTED);
    issuer.state.instead = async () => Response.error();
    await clock.advance(30 * SECOND);
    await expect(verify(undefined, { kid: 'new' })).rejects.toMatchObject(UNAVAILABLE);
    expect(await verify()).toEqual(ACCEPTED);
  });

  it('correctly, with a key that is too short or private, is a failure', async () => {
    const { clock, issuer, first, verify, verifier } = await open();
    issuer.state.keys = [first.privateJwk];
    await expect(verify()).rejects.toMatchObject(UNAVAILABLE);
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    issuer.state.keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'short', alg: 'RS256' }];
    await clock.advance(10 * MINUTE);
    const token = await (await signingKey(clock, 'RS256', 'short')).sign();
    await expect(verifier.verify(token)).rejects.toMatchObject(UNAVAILABLE);
  });
});
