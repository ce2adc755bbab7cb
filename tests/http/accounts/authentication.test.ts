import { afterEach, describe, expect, it } from 'vitest';
import { newApiKeyText } from '../../../src/domain/accounts/api-key.ts';
import { MAX_FAILURES } from '../../../src/domain/accounts/authenticate.ts';
import { type AccountsApi, NOON, openAccountsApi } from '../../support/open-accounts-api.ts';
import {
  type Claims,
  secretIssuer,
  serveKeySet,
  signerWith,
  signingKey,
} from '../../support/token-issuer.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(options?: Parameters<typeof openAccountsApi>[0]): Promise<AccountsApi> {
  const api = await openAccountsApi(options);
  closing.push(api.close);
  return api;
}

/** With an issuer whose public keys are served. */
async function openWithIssuer() {
  const served = await serveKeySet([]);
  closing.push(served.close);
  const api = await open({ tokens: () => ({ jwksUrl: served.url }) });
  const issuer = await signingKey(api.clock, 'ES256', 'first');
  served.state.keys = [issuer.jwk];
  return { ...api, issuer, served };
}

const bearer = (text: string) => ({ headers: { Authorization: `Bearer ${text}` } });

/** What every refused request gets. */
const REFUSED = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer', 'cache-control': 'no-store' },
  body: { type: 'about:blank', title: 'Unauthorized', status: 401, code: 'unauthorized' },
};

describe('the API for accounts', () => {
  it('takes a token that names no key, though another key of the issuer is unusable', async () => {
    const { send, clock, served } = await openWithIssuer();
    const issuer = await signingKey(clock, 'RS256');
    const { n: _, ...short } = issuer.jwk;
    served.state.keys = [{ ...short, n: 'AQ' }, issuer.jwk, { ...short, n: 'Aw' }];
    const { status, body } = await send('/v1/account', bearer(await issuer.sign()));
    expect([status, body.id]).toEqual([200, 'user_1']);
  });

  it('takes a key as a bearer token, in any case of the word, and as X-API-Key', async () => {
    const { send, newKey } = await open();
    const { text, key } = await newKey();
    for (const headers of [
      { Authorization: `Bearer ${text}` },
      { authorization: `bearer  ${text}` },
      { 'X-API-Key': text },
      { 'X-API-Key': text, Authorization: 'Basic dXNlcjp3b3Jk' },
    ]) {
      const answer = await send('/v1/account', { headers });
      expect(answer).toMatchObject({ status: 200, body: { id: 'blog', keyId: key.id } });
    }
  });

  it('takes an access token, and makes its account', async () => {
    const { send, issuer } = await openWithIssuer();
    const answer = await send('/v1/account', bearer(await issuer.sign({ sub: 'auth0|1' })));
    expect(answer).toMatchObject({
      status: 200,
      body: {
        id: 'auth0|1',
        createdAt: new Date(NOON).toISOString(),
        scopes: ['generate', 'read', 'admin'],
        keyId: null,
      },
    });
  });

  it('asks for credentials, also at paths that there are not', async () => {
    const { send } = await open();
    for (const path of ['/v1/account', '/v1/nothing', '/v1', '/v1/', '/v1/keys?limit=x']) {
      for (const method of ['GET', 'POST', 'DELETE', 'PATCH']) {
        const answer = await send(path, { method });
        expect(answer).toMatchObject(REFUSED);
        expect(answer.headers['content-type']).toContain('application/problem+json');
        expect(answer.body.detail).toContain('Send an API key');
        expect(answer.body.requestId).toBe(answer.headers['x-request-id']);
      }
    }
  });

  it('leaves other paths to others', async () => {
    const { send } = await open();
    for (const path of ['/v10', '/v1x/keys', '/V1/keys', '/api/v1/keys']) {
      const answer = await send(path);
      expect(answer).toMatchObject({ status: 404, body: 'Not Found' });
      expect(answer.headers).not.toHaveProperty('x-request-id');
    }
  });
});

describe('a forged API key', () => {
  it.each([
    ['a wrong checksum', (key: string) => key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')],
    ['another secret', () => newApiKeyText()],
    ['its digest', () => 'a'.repeat(64)],
    ['its visible parts', (key: string) => key.slice(0, 9) + key.slice(-4)],
    ['more than 8 KB', (key: string) => key.padEnd(8193, 'x')],
    ['nothing', () => ''],
    ['two words', (key: string) => `${key} ${key}`],
    ['a list', (key: string) => `${key}, Bearer ${key}`],
    ['SQL', () => "cafe_' OR 1=1 --"],
    ['another case', (key: string) => key.toUpperCase()],
  ])('with %s is refused', async (_, forge) => {
    const { send, newKey } = await open();
    const forged = forge((await newKey()).text);
    expect(await send('/v1/account', bearer(forged))).toMatchObject(REFUSED);
    const headers = { 'X-API-Key': forged };
    expect(await send('/v1/account', { headers })).toMatchObject(REFUSED);
  });

  it.each([
    '/v1/account?api_key=KEY',
    '/v1/account?key=KEY',
    '/v1/account?access_token=KEY',
    '/v1/account?authorization=Bearer%20KEY',
    '/v1/account?x-api-key=KEY',
  ])('is one that is in the URL: %s', async (path) => {
    const { send, newKey, log } = await open();
    const { text } = await newKey();
    expect(await send(path.replace('KEY', text))).toMatchObject(REFUSED);
    expect(log.join('')).not.toContain(text);
  });

  it('is one that is in a cookie or in the body', async () => {
    const { send, newKey } = await open();
    const { text } = await newKey('blog', ['admin']);
    const cookie = { headers: { Cookie: `Authorization=Bearer ${text}; X-API-Key=${text}` } };
    expect(await send('/v1/account', cookie)).toMatchObject(REFUSED);
    const body = { name: 'x', access_token: text, apiKey: text };
    expect(await send('/v1/keys', { method: 'POST', body })).toMatchObject(REFUSED);
  });

  it('is one of two in one request, even if both are right', async () => {
    const { send, newKey } = await open();
    const { text } = await newKey();
    const other = (await newKey('other')).text;
    const own = `Bearer ${text}`;
    for (const headers of [
      { Authorization: [own, own] },
      { Authorization: [own, `Bearer ${other}`] },
      { Authorization: [`Bearer ${other}x`, own] },
      { Authorization: ['Basic dXNlcjp3b3Jk', own] },
      { Authorization: own, 'X-API-Key': text },
      { Authorization: own, 'X-API-Key': other },
      { 'X-API-Key': [text, text] },
      { 'X-API-Key': `${text}, ${other}` },
    ]) {
      expect(await send('/v1/account', { headers })).toMatchObject(REFUSED);
    }
  });

  it('is the key itself once it has expired or is revoked, and its holder learns why', async () => {
    const { send, newKey, clock, manageKeys } = await open();
    const [short, other] = [await newKey('blog', ['read'], NOON + 1000), await newKey()];
    await manageKeys.revoke(other.key.id);
    await clock.advance(1000);
    const expired = await send('/v1/account', bearer(short.text));
    expect(expired).toMatchObject({ ...REFUSED, body: { detail: 'The API key has expired.' } });
    const revoked = await send('/v1/account', bearer(other.text));
    expect(revoked).toMatchObject({ ...REFUSED, body: { detail: 'The API key was revoked.' } });
  });

  it('learns nothing of why it is refused, and nor does anybody learn it from the log', async () => {
    const { send, newKey, log } = await open();
    const { text } = await newKey();
    const forged = [newApiKeyText(), `${text}x`, 'eyJhbGciOiJub25lIn0.e30.'];
    const details = new Set<string>();
    for (const one of forged) details.add((await send('/v1/account', bearer(one))).body.detail);
    expect([...details]).toEqual(['The API key or access token is not valid.']);
    const reasons = log.map((line) => JSON.parse(line).reason);
    expect(reasons).toEqual(['unknown_key', 'malformed_key', 'tokens_not_accepted']);
    for (const one of [...forged, text]) expect(log.join('')).not.toContain(one);
  });
});

describe('a forged access token', () => {
  const at = (seconds: number) => Math.floor(NOON / 1000) + seconds;
  const wrong: [string, Claims][] = [
    ['another issuer', { iss: 'https://other.example/' }],
    ['another audience', { aud: 'another-service' }],
    ['no audience', { aud: undefined }],
    ['a time that is over beyond the tolerance', { exp: at(-31) }],
    ['a time that has not begun', { nbf: at(31) }],
    ['no end', { exp: undefined }],
    ['no subject', { sub: undefined }],
    ['a subject that is a path', { sub: '../blog' }],
  ];

  it.each(wrong)('with %s is refused', async (_, claims) => {
    const { send, issuer, accounts } = await openWithIssuer();
    expect(await send('/v1/account', bearer(await issuer.sign(claims)))).toMatchObject(REFUSED);
    expect(await accounts.list({ limit: 1, at: NOON })).toEqual([]);
  });

  it('is one without a signature, or signed with the public key as a secret', async () => {
    const { send, issuer, clock } = await openWithIssuer();
    const [, claims] = (await issuer.sign()).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await send('/v1/account', bearer(`${none}.${claims}.`))).toMatchObject(REFUSED);
    for (const secret of [issuer.pem, JSON.stringify(issuer.jwk)]) {
      const key = new TextEncoder().encode(secret);
      const forger = signerWith(clock, key, { alg: 'HS256', kid: 'first' });
      expect(await send('/v1/account', bearer(await forger.sign()))).toMatchObject(REFUSED);
    }
  });

  it('is one of a key that is unknown, or of a stranger', async () => {
    const { send, issuer, clock } = await openWithIssuer();
    const unknown = await issuer.sign({}, { kid: 'second' });
    expect(await send('/v1/account', bearer(unknown))).toMatchObject(REFUSED);
    const stranger = await signingKey(clock, 'ES256', 'first');
    expect(await send('/v1/account', bearer(await stranger.sign()))).toMatchObject(REFUSED);
  });

  it('is one of more than 8 KB, even with a right signature', async () => {
    const { send, issuer } = await openWithIssuer();
    const long = await issuer.sign({ padding: 'x'.repeat(7000) });
    expect(long.length).toBeGreaterThan(8192);
    expect(await send('/v1/account', bearer(long))).toMatchObject(REFUSED);
  });

  it('is any, where only API keys are accepted', async () => {
    const { send, clock } = await open();
    const token = await secretIssuer(clock).sign();
    expect(await send('/v1/account', bearer(token))).toMatchObject(REFUSED);
  });

  it('is none while its issuer does not answer: then it is 503, and may be tried again', async () => {
    const { send, issuer, served, newKey, log } = await openWithIssuer();
    served.state.instead = async () => Response.error();
    const answer = await send('/v1/account', bearer(await issuer.sign()));
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      body: { status: 503, code: 'issuer_unavailable', title: 'Service Unavailable' },
    });
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    expect(JSON.parse(log.at(-1)!)).toMatchObject({
      msg: 'request failed',
      level: 'warn',
      err: { cause: expect.anything() },
    });
    expect((await (await newKey()).send('/v1/account')).status).toBe(200);
  });
});

describe('an address with many wrong credentials', () => {
  it('is told to wait, while right ones and other addresses are accepted', async () => {
    const { send, newKey, clock, counts } = await open();
    const { text } = await newKey();
    const wrong = (address = '8.8.8.8') =>
      send('/v1/account', {
        headers: { 'X-API-Key': newApiKeyText(), 'X-Real-IP': address },
      });
    for (let n = 0; n < MAX_FAILURES; n += 1) expect(await wrong()).toMatchObject(REFUSED);
    expect(await wrong()).toMatchObject({
      status: 429,
      headers: { 'retry-after': '900' },
      body: { code: 'rate_limited', title: 'Too Many Requests' },
    });
    expect(await wrong('9.9.9.9')).toMatchObject(REFUSED);
    const headers = { 'X-API-Key': text, 'X-Real-IP': '8.8.8.8' };
    expect(await send('/v1/account', { headers })).toMatchObject({ status: 200 });
    expect(await send('/v1/account', { headers: { 'X-Real-IP': '8.8.8.8' } })).toMatchObject(
      REFUSED,
    );
    await clock.advance(900_000);
    expect(await wrong()).toMatchObject(REFUSED);
    expect(counts.refusals.get('rate_limited')).toBe(1);
  });
});
