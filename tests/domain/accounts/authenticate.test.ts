import { describe, expect, it } from 'vitest';
import { MemoryAccountStore } from '../../../src/adapters/account-store/memory.ts';
import { ManualClock } from '../../../src/adapters/clock/manual.ts';
import { JoseTokenVerifier } from '../../../src/adapters/token-verifier/jose.ts';
import { parseAccountId, type Scope } from '../../../src/domain/accounts/account.ts';
import { newApiKeyText } from '../../../src/domain/accounts/api-key.ts';
import {
  Authenticate,
  type Authentication,
  MAX_FAILURES,
} from '../../../src/domain/accounts/authenticate.ts';
import { ManageKeys } from '../../../src/domain/accounts/manage-keys.ts';
import { CafeError } from '../../../src/domain/kernel/errors.ts';
import { AddressCounter } from '../../../src/domain/limits/counters.ts';
import { AUDIENCE, ISSUER, secretIssuer } from '../../support/token-issuer.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;
const ADDRESS = '192.0.2.1';
const blog = parseAccountId('blog')!;

/** An account store whose writes can fail, as those of a database that was made read-only. */
class FailingStore extends MemoryAccountStore {
  uses = 0;
  isReadOnly = false;
  digests: string[] = [];
  /** Finds this key for any digest, as a loose comparison of texts might. */
  loose: string | undefined;

  override async noteUse(id: string, at: number): Promise<void> {
    this.uses += 1;
    if (this.isReadOnly) throw new CafeError('database_unavailable', 'It is read-only.');
    await super.noteUse(id, at);
  }

  override keyByDigest(digest: string) {
    this.digests.push(digest);
    return super.keyByDigest(this.loose ?? digest);
  }
}

function open({ hasTokens = true } = {}) {
  const clock = new ManualClock(NOON);
  const accounts = new FailingStore();
  const issuer = secretIssuer(clock);
  const notices: string[] = [];
  const authenticate = new Authenticate({
    accounts,
    tokens: hasTokens
      ? new JoseTokenVerifier({
          keys: { secrets: [issuer.secret] },
          issuer: ISSUER,
          audience: AUDIENCE,
          clock,
        })
      : undefined,
    failures: new AddressCounter({ clock, windowMs: 15 * MINUTE, capacity: 100 }),
    notice: (message) => notices.push(message),
    clock,
  });
  const keys = new ManageKeys({ accounts, clock });
  const newKey = async (expiresAt?: number, scopes: readonly Scope[] = ['read']) => {
    const made = await keys.create({ account: blog, name: 'a key', scopes, expiresAt });
    if ('refused' in made) throw new Error(made.refused);
    return made;
  };
  const withBearer = (bearer: string, address = ADDRESS) => authenticate.run({ bearer }, address);
  return { clock, accounts, issuer, notices, authenticate, keys, newKey, withBearer };
}

function faultIn(authentication: Authentication) {
  return 'fault' in authentication ? authentication.fault : undefined;
}

describe('an API key', () => {
  it('is its account, with the scopes it was made with', async () => {
    const { authenticate, newKey } = open();
    const { key, text } = await newKey(undefined, ['generate', 'read']);
    const principal = { account: 'blog', scopes: ['generate', 'read'], keyId: key.id };
    expect(await authenticate.run({ bearer: text }, ADDRESS)).toEqual({ principal });
    expect(await authenticate.run({ apiKey: text }, ADDRESS)).toEqual({ principal });
  });

  it('that is mistyped or invented is refused without a look-up', async () => {
    const { accounts, newKey, withBearer } = open();
    const { text } = await newKey();
    for (const forged of [`${text.slice(0, -1)}-`, `${text}x`, 'cafe_', `cafe_${'a'.repeat(49)}`]) {
      expect(faultIn(await withBearer(forged))).toBe('malformed_key');
    }
    expect(accounts.digests).toEqual([]);
  });

  it('that is unknown is refused, also by a store that compares loosely', async () => {
    const { accounts, newKey, withBearer } = open();
    const { text } = await newKey();
    expect(faultIn(await withBearer(newApiKeyText()))).toBe('unknown_key');
    await withBearer(text);
    accounts.loose = accounts.digests.at(-1);
    expect(faultIn(await withBearer(newApiKeyText()))).toBe('unknown_key');
  });

  it('is refused from the moment it expires', async () => {
    const { clock, newKey, withBearer } = open();
    const { text } = await newKey(NOON + 1000);
    await clock.advance(999);
    expect(await withBearer(text)).toHaveProperty('principal');
    await clock.advance(1);
    expect(faultIn(await withBearer(text))).toBe('expired_key');
  });

  it('is refused as soon as it is revoked', async () => {
    const { keys, newKey, withBearer } = open();
    const { key, text } = await newKey();
    expect(await withBearer(text)).toHaveProperty('principal');
    await keys.revoke(key.id, blog);
    expect(faultIn(await withBearer(text))).toBe('revoked_key');
  });

  it('does not count as one if it is the digest of a key', async () => {
    const { accounts, newKey, withBearer } = open();
    await withBearer((await newKey()).text);
    expect(faultIn(await withBearer(accounts.digests[0]!))).toBe('malformed_token');
  });
});

describe('the last use of a key', () => {
  it('is recorded to the minute, once a minute', async () => {
    const { accounts, authenticate, clock, keys, newKey, withBearer } = open();
    const { text } = await newKey();
    await clock.advance(30_500);
    await Promise.all(Array.from({ length: 10 }, () => withBearer(text)));
    await authenticate.close();
    expect((await keys.list({ limit: 1 })).keys[0]?.lastUsedAt).toBe(NOON);
    expect(accounts.uses).toBe(1);
    await clock.advance(MINUTE);
    await withBearer(text);
    await authenticate.close();
    expect((await keys.list({ limit: 1 })).keys[0]?.lastUsedAt).toBe(NOON + MINUTE);
    expect(accounts.uses).toBe(2);
  });

  it('is not recorded for a key that is refused', async () => {
    const { accounts, keys, newKey, withBearer } = open();
    const { key, text } = await newKey();
    await keys.revoke(key.id);
    await withBearer(text);
    expect(accounts.uses).toBe(0);
  });

  it('refuses nobody if it cannot be recorded, and is recorded later', async () => {
    const { accounts, authenticate, keys, newKey, notices, withBearer } = open();
    const { text } = await newKey();
    accounts.isReadOnly = true;
    expect(await withBearer(text)).toHaveProperty('principal');
    await authenticate.close();
    expect(notices).toEqual(['the last use of an API key could not be recorded']);
    accounts.isReadOnly = false;
    await withBearer(text);
    await authenticate.close();
    expect((await keys.list({ limit: 1 })).keys[0]?.lastUsedAt).toBe(NOON);
  });
});

describe('an access token', () => {
  it('is the account of its subject, with all scopes', async () => {
    const { issuer, withBearer } = open();
    const principal = {
      account: 'user_1',
      scopes: ['generate', 'read', 'admin'],
      keyId: undefined,
    };
    expect(await withBearer(await issuer.sign())).toEqual({ principal });
  });

  it('makes its account when it is first used', async () => {
    const { accounts, clock, issuer, withBearer } = open();
    const token = await issuer.sign({ sub: 'auth0|1' });
    expect(await accounts.list({ limit: 10, at: NOON })).toEqual([]);
    await Promise.all([withBearer(token), withBearer(token)]);
    await clock.advance(1000);
    await withBearer(token);
    expect(await accounts.list({ limit: 10, at: NOON })).toMatchObject([
      { id: 'auth0|1', createdAt: NOON },
    ]);
  });

  it('makes no account if it is refused', async () => {
    const { accounts, clock, withBearer } = open();
    expect(faultIn(await withBearer(await secretIssuer(clock).sign()))).toBe('wrong_signature');
    expect(await accounts.list({ limit: 10, at: NOON })).toEqual([]);
  });

  it.each(['a b', '../admin', 'x'.repeat(256), 'é'])(
    'whose subject %o cannot be an account is refused',
    async (sub) => {
      const { issuer, withBearer } = open();
      expect(faultIn(await withBearer(await issuer.sign({ sub })))).toBe('unusable_subject');
    },
  );

  it('is refused where no issuer is configured', async () => {
    const { issuer, withBearer } = open({ hasTokens: false });
    expect(faultIn(await withBearer(await issuer.sign()))).toBe('tokens_not_accepted');
  });

  it('is no API key, whichever header it is in', async () => {
    const { authenticate, issuer } = open();
    const apiKey = await issuer.sign();
    expect(faultIn(await authenticate.run({ apiKey }, ADDRESS))).toBe('malformed_key');
  });
});

describe('a request', () => {
  it('without credentials is refused, and is no failure', async () => {
    const { authenticate } = open();
    for (let n = 0; n <= MAX_FAILURES; n += 1) {
      const refused = { fault: 'no_credentials', isThrottled: false };
      expect(await authenticate.run({}, ADDRESS)).toEqual(refused);
    }
  });

  it('with two credentials is refused, even if both are right', async () => {
    const { authenticate, newKey } = open();
    const { text } = await newKey();
    const both = await authenticate.run({ bearer: text, apiKey: text }, ADDRESS);
    expect(faultIn(both)).toBe('several_credentials');
  });

  it('with 8 KB of credentials is looked at, and with more it is not', async () => {
    const { accounts, issuer, withBearer } = open();
    expect(faultIn(await withBearer('x'.repeat(8192)))).toBe('malformed_token');
    const long = await issuer.sign({ padding: 'x'.repeat(8192) });
    expect(faultIn(await withBearer(long))).toBe('credentials_too_long');
    expect(faultIn(await withBearer(`cafe_${'x'.repeat(8192)}`))).toBe('credentials_too_long');
    expect(await accounts.list({ limit: 1, at: NOON })).toEqual([]);
  });

  it('with wrong credentials is told to wait after twenty, for a quarter of an hour', async () => {
    const { clock, withBearer } = open();
    for (let n = 0; n < MAX_FAILURES; n += 1) {
      expect(await withBearer(newApiKeyText())).toMatchObject({ isThrottled: false });
    }
    expect(await withBearer(newApiKeyText())).toMatchObject({ isThrottled: true });
    expect(await withBearer('x')).toMatchObject({ isThrottled: true });
    expect(await withBearer(newApiKeyText(), '192.0.2.2')).toMatchObject({ isThrottled: false });
    await clock.advance(15 * MINUTE);
    expect(await withBearer(newApiKeyText())).toMatchObject({ isThrottled: false });
  });

  it('with the right key is accepted, however many wrong ones came from its address', async () => {
    const { newKey, withBearer } = open();
    const { text } = await newKey();
    for (let n = 0; n <= MAX_FAILURES; n += 1) await withBearer(newApiKeyText());
    expect(await withBearer(text)).toHaveProperty('principal');
  });
});
