import { afterAll, beforeAll } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { JoseTokenVerifier } from '../../src/adapters/token-verifier/jose.ts';
import {
  AUDIENCE,
  ISSUER,
  keyPair,
  secretIssuer,
  serveKeySet,
  signingKey,
} from '../support/token-issuer.ts';
import { tokenVerifierContract } from './token-verifier.contract.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const expected = { issuer: ISSUER, audience: AUDIENCE };

tokenVerifierContract('JoseTokenVerifier with a secret', async () => {
  const clock = new ManualClock(NOON);
  const issuer = secretIssuer(clock);
  const keys = { secrets: [issuer.secret] };
  const verifier = new JoseTokenVerifier({ ...expected, keys, clock });
  return { verifier, clock, issuer, stranger: secretIssuer(clock) };
});

tokenVerifierContract('JoseTokenVerifier during a rotation of its secret', async () => {
  const clock = new ManualClock(NOON);
  const [former, issuer] = [secretIssuer(clock), secretIssuer(clock)];
  const keys = { secrets: [former.secret, issuer.secret] };
  const verifier = new JoseTokenVerifier({ ...expected, keys, clock });
  return { verifier, clock, issuer, stranger: secretIssuer(clock) };
});

for (const alg of ['RS256', 'ES256', 'EdDSA']) {
  // An RSA pair takes long to find.
  const pairs = [keyPair(alg), keyPair(alg)] as const;
  let served: Awaited<ReturnType<typeof serveKeySet>>;
  beforeAll(async () => {
    served = await serveKeySet([]);
  });
  afterAll(() => served.close());

  tokenVerifierContract(`JoseTokenVerifier with ${alg} keys`, async () => {
    const clock = new ManualClock(NOON);
    const [issuer, stranger] = await Promise.all([
      signingKey(clock, alg, 'one', pairs[0]),
      signingKey(clock, alg, 'one', pairs[1]),
    ]);
    served.state.keys = [issuer.jwk];
    const verifier = new JoseTokenVerifier({ ...expected, keys: { jwksUrl: served.url }, clock });
    return { verifier, clock, issuer, stranger };
  });
}
