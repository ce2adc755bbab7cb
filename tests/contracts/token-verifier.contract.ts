import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ManualClock } from '../../src/adapters/clock/manual.ts';
import type { TokenVerifier } from '../../src/domain/accounts/token-verifier.ts';
import type { Claims, Signer } from '../support/token-issuer.ts';

export interface VerifierUnderTest {
  verifier: TokenVerifier;
  clock: ManualClock;
  /** Signs with the issuer's own key. */
  issuer: Signer;
  /** Signs with the issuer's header, but with another key. */
  stranger: Signer;
}

const TOLERANCE = 30;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What every verifier of access tokens must do; see the port. */
export function tokenVerifierContract(name: string, open: () => Promise<VerifierUnderTest>): void {
  const seconds = ({ clock }: VerifierUnderTest) => Math.floor(clock.now() / 1000);

  async function checked(claims: (now: number) => Claims) {
    const parts = await open();
    return parts.verifier.verify(await parts.issuer.sign(claims(seconds(parts))));
  }

  describe(`${name} as a verifier of access tokens`, () => {
    it('accepts a token of the issuer and tells whose it is', async () => {
      expect(await checked(() => ({}))).toEqual({ subject: 'user_1' });
      expect(await checked(() => ({ sub: 'auth0|5f7c' }))).toEqual({ subject: 'auth0|5f7c' });
    });

    it('accepts a token for several services of which this is one', async () => {
      expect(await checked(() => ({ aud: ['other', 'cafe'] }))).toEqual({ subject: 'user_1' });
    });

    it.each([
      ['wrong_issuer', { iss: 'https://issuer.example' }],
      ['wrong_issuer', { iss: 'https://other.example/' }],
      ['wrong_issuer', { iss: undefined }],
      ['wrong_audience', { aud: 'other' }],
      ['wrong_audience', { aud: ['other', 'Cafe'] }],
      ['wrong_audience', { aud: [] }],
      ['wrong_audience', { aud: undefined }],
      ['malformed_token', { sub: undefined }],
      ['malformed_token', { sub: '' }],
      ['malformed_token', { sub: 7 }],
      ['malformed_token', { exp: undefined }],
    ])('refuses one with %s: %o', async (fault, claims) => {
      expect(await checked(() => claims)).toEqual({ fault });
    });

    it('refuses a token whose time is no number', async () => {
      const parts = await open();
      const token = await parts.issuer.sign({ exp: '9999999999' });
      expect(await parts.verifier.verify(token)).toEqual({ fault: 'malformed_token' });
    });

    it('accepts an expired token within the tolerance, and not beyond it', async () => {
      const within = await checked((now) => ({ exp: now - TOLERANCE + 1 }));
      expect(within).toEqual({ subject: 'user_1' });
      const beyond = await checked((now) => ({ exp: now - TOLERANCE }));
      expect(beyond).toEqual({ fault: 'expired_token' });
    });

    it('refuses an accepted token once its time is over', async () => {
      const parts = await open();
      const token = await parts.issuer.sign();
      expect(await parts.verifier.verify(token)).toEqual({ subject: 'user_1' });
      await parts.clock.advance(300_000 + TOLERANCE * 1000);
      expect(await parts.verifier.verify(token)).toEqual({ fault: 'expired_token' });
    });

    it('accepts a token that begins within the tolerance, and none that begins later', async () => {
      const within = await checked((now) => ({ nbf: now + TOLERANCE }));
      expect(within).toEqual({ subject: 'user_1' });
      const beyond = await checked((now) => ({ nbf: now + TOLERANCE + 1 }));
      expect(beyond).toEqual({ fault: 'token_not_yet_valid' });
    });

    it('refuses a token signed with the key of somebody else', async () => {
      const { verifier, stranger } = await open();
      expect(await verifier.verify(await stranger.sign())).toEqual({ fault: 'wrong_signature' });
    });

    it('refuses a token that was changed', async () => {
      const { verifier, issuer } = await open();
      const [header, , signature] = (await issuer.sign()).split('.');
      const [, others] = (await issuer.sign({ sub: 'user_2' })).split('.');
      const changed = await verifier.verify(`${header}.${others}.${signature}`);
      expect(changed).toEqual({ fault: 'wrong_signature' });
      expect(await verifier.verify(`${header}.${others}.`)).toHaveProperty('fault');
    });

    it.each(['none', 'None', 'NONE', '', 'HS384', 'RSA-OAEP', undefined])(
      'refuses a token of the algorithm %o',
      async (alg) => {
        const { verifier, issuer } = await open();
        const [, claims, signature] = (await issuer.sign()).split('.');
        for (const end of ['', signature]) {
          const token = `${encode({ alg, typ: 'JWT' })}.${claims}.${end}`;
          expect(await verifier.verify(token)).toEqual({ fault: 'wrong_algorithm' });
        }
      },
    );

    it('refuses a token that demands what this service does not know', async () => {
      const { verifier, issuer } = await open();
      const token = await issuer.sign({}).then((text) => text.split('.'));
      const header = JSON.parse(Buffer.from(token[0] ?? '', 'base64url').toString());
      const demanding = encode({ ...header, crit: ['exp'], exp: 1 });
      expect(await verifier.verify(`${demanding}.${token[1]}.${token[2]}`)).toEqual({
        fault: 'malformed_token',
      });
    });

    it.each([
      '',
      '.',
      '..',
      'a.b.c',
      '{}',
      'eyJhbGciOiJub25lIn0',
      `${encode(null)}.e30.x`,
      'ü.ü.ü',
    ])('refuses %o, which is no token', async (text) => {
      const { verifier } = await open();
      expect(await verifier.verify(text)).toHaveProperty('fault');
    });

    it('refuses everything else, and fails for nothing', async () => {
      const { verifier, issuer } = await open();
      const token = await issuer.sign();
      const at = fc.nat(token.length - 1);
      const changed = fc.tuple(at, fc.string({ minLength: 1, maxLength: 3 }));
      await fc.assert(
        fc.asyncProperty(changed, async ([start, text]) => {
          const other = token.slice(0, start) + text + token.slice(start + text.length);
          const check = await verifier.verify(other);
          // The last character of base64 may hold bits that mean nothing.
          if (other !== token && start < token.length - 3) expect(check).toHaveProperty('fault');
        }),
        { numRuns: 200 },
      );
    });
  });
}
