import { describe, expect, it } from 'vitest';
import { TOKEN, WITH_ADMIN } from '../support/admin-caller.ts';
import { openTestCafe, READERS, type TestCafe } from '../support/open-test-cafe.ts';

/** Headers as they may come of a proxy; a name may be there more than once. */
type Sent = Record<string, string>;

const countryOf = async (cafe: TestCafe, headers: Sent): Promise<string | undefined> => {
  const { body } = await cafe.ask('/posts/a', { query: '?details=1', headers });
  return body.country?.code;
};

const warnings = ({ log }: TestCafe) =>
  log.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn');

describe('behind a proxy', () => {
  it.each([
    ['10.42.0.1'],
    ['unknown'],
    ['10.42.0.1, 10.42.0.2'],
    ['fd00::1%eth0'],
    ['[::ffff:10.0.0.1]:8080'],
  ])('a reader is where X-Forwarded-For says when X-Real-IP is %s', async (realIp) => {
    const cafe = await openTestCafe();
    const headers = { 'X-Real-IP': realIp, 'X-Forwarded-For': `${READERS.JP}, 10.42.0.1` };
    expect(await countryOf(cafe, headers)).toBe('JP');
  });

  it('a reader who comes through NAT64 is where the IPv4 address is', async () => {
    const cafe = await openTestCafe();
    expect(await countryOf(cafe, { 'X-Real-IP': '64:ff9b::202:202' })).toBe('FR');
    expect(cafe.countryIs.journal).toEqual([`/${READERS.FR}`]);
  });

  it.each(['CF-Connecting-IP', 'True-Client-IP', 'Fly-Client-IP'])(
    'a reader is where the configured header %s says',
    async (name) => {
      const cafe = await openTestCafe({ env: { CLIENT_IP_HEADER: name } });
      const headers = { 'X-Real-IP': READERS.JP, 'X-Forwarded-For': READERS.JP };
      expect(await countryOf(cafe, { ...headers, [name]: READERS.FR })).toBe('FR');
    },
  );
});

describe('that no reader has a country', () => {
  const HIDDEN = '10.42.0.1';

  it.each([
    [{}, { 'X-Real-IP': HIDDEN }, 'No public address in X-Real-IP.', /externalTrafficPolicy/],
    [{}, { 'X-Real-IP': '' }, /missing/, /any-host/],
    [{ TRUST_PROXY: 'false' }, {}, /TRUST_PROXY/, /remove TRUST_PROXY/],
    [{ TRUSTED_PROXY_HOPS: '2' }, { 'X-Forwarded-For': READERS.FR }, /place 2/, /HOPS/],
    [{ CLIENT_IP_HEADER: 'Fly-Client-IP' }, {}, /fly-client-ip .* is missing/, /CLIENT_IP_HEADER/],
    [{ GEO_LOCATOR: 'header' }, {}, /CF-IPCountry is missing/, /GEO_COUNTRY_HEADER/],
    [{}, { 'X-Real-IP': READERS.unknown }, /country-is finds no country/, /doctor/],
  ])('is said once, with the remedy: %j and %j', async (env: Sent, headers: Sent, why, remedy) => {
    const cafe = await openTestCafe({ env });
    for (let reader = 0; reader < 25; reader += 1) await cafe.ask('/posts/a', { headers });
    const said = warnings(cafe).filter(({ msg }) => /no reader/.test(msg));
    expect(said).toEqual([
      expect.objectContaining({
        msg: 'no reader has had a country so far',
        why: expect.stringMatching(why),
        remedy: expect.stringMatching(remedy),
      }),
    ]);
    expect(cafe.log.join()).not.toContain(HIDDEN);
  });

  it('is not said once a reader has had one', async () => {
    const cafe = await openTestCafe();
    await cafe.ask('/posts/a');
    for (let reader = 0; reader < 25; reader += 1) {
      await cafe.ask('/posts/a', { headers: { 'X-Real-IP': HIDDEN } });
    }
    expect(warnings(cafe).filter(({ msg }) => /no reader/.test(msg))).toEqual([]);
  });
});

describe('that no request comes from an allowed origin', () => {
  const preflight = (cafe: TestCafe, Origin: string) =>
    cafe.send('/api/cafe/generate', {
      method: 'OPTIONS',
      headers: { Origin, 'Access-Control-Request-Method': 'POST' },
    });
  const said = (cafe: TestCafe) => warnings(cafe).filter(({ msg }) => /origin/.test(msg));

  it('is said once, with both and the remedy', async () => {
    const cafe = await openTestCafe();
    for (let n = 0; n < 12; n += 1) await preflight(cafe, 'https://www.blog.example');
    expect(said(cafe)).toEqual([
      expect.objectContaining({
        origin: 'https://www.blog.example',
        allowed: ['https://blog.example'],
        remedy: expect.stringContaining('CORS_ALLOWED_ORIGINS'),
      }),
    ]);
  });

  it('is not said where the blog has been there', async () => {
    const cafe = await openTestCafe();
    await cafe.ask('/posts/a');
    for (let n = 0; n < 12; n += 1) await preflight(cafe, 'https://foreign.example');
    expect(said(cafe)).toEqual([]);
  });
});

describe('the admin’s API', () => {
  it.each([
    [{ 'X-Real-IP': READERS.FR }, { hasAddress: true, country: 'FR', why: null, remedy: null }],
    [
      { 'X-Real-IP': '10.42.0.1' },
      {
        hasAddress: false,
        country: null,
        why: 'No public address in X-Real-IP.',
        remedy: expect.stringMatching(/CLIENT_IP_HEADER/),
      },
    ],
  ])('says how the service sees whoever asks with %j', async (headers, reader) => {
    const cafe = await openTestCafe({ env: WITH_ADMIN });
    const answer = await cafe.send('/api/admin/reader', {
      headers: { ...headers, Authorization: `Bearer ${TOKEN}` },
    });
    expect(answer).toMatchObject({ status: 200, body: reader });
    expect((await cafe.send('/api/admin/reader')).status).toBe(401);
  });
});
