import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/app/config/config.ts';

const JWKS = { AUTH_JWKS_URL: 'https://issuer.example/jwks.json' };
const SECRET = { AUTH_JWT_SECRET: 'a-secret-of-32-characters-or-more' };
const CLAIMS = { AUTH_ISSUER: 'https://issuer.example/', AUTH_AUDIENCE: 'cafe' };

function problems(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const tokensOf = (env: Record<string, string>) => loadConfig(env).accounts.tokens;

describe('access tokens', () => {
  it('are not accepted unless an issuer is configured', () => {
    expect(tokensOf({})).toBeUndefined();
  });

  it('are checked with keys of the issuer, or with a shared secret', () => {
    const claims = { issuer: 'https://issuer.example/', audience: 'cafe' };
    expect(tokensOf({ ...JWKS, ...CLAIMS })).toEqual({
      ...claims,
      keys: { jwksUrl: 'https://issuer.example/jwks.json' },
    });
    expect(tokensOf({ ...SECRET, ...CLAIMS })).toEqual({
      ...claims,
      keys: { secrets: [SECRET.AUTH_JWT_SECRET] },
    });
  });

  it('may have two secrets during a rotation', () => {
    const [one, two] = ['x'.repeat(32), 'y'.repeat(32)];
    const env = { ...CLAIMS, AUTH_JWT_SECRET: `${one}, ${two}` };
    expect(tokensOf(env)).toMatchObject({ keys: { secrets: [one, two] } });
  });

  it('never have both', () => {
    expect(problems({ ...JWKS, ...SECRET, ...CLAIMS })).toEqual([
      'AUTH_JWKS_URL and AUTH_JWT_SECRET must not both be set',
    ]);
  });

  it.each([
    [JWKS, 'AUTH_JWKS_URL'],
    [SECRET, 'AUTH_JWT_SECRET'],
  ])('require the issuer and the audience, all at once', (source, name) => {
    expect(problems(source)).toEqual([
      `AUTH_ISSUER is required by ${name}`,
      `AUTH_AUDIENCE is required by ${name}`,
    ]);
    expect(problems({ ...source, ...CLAIMS, AUTH_ISSUER: ' ' })).toEqual([
      `AUTH_ISSUER is required by ${name}`,
    ]);
  });

  it('are not accepted by chance: an issuer alone is a mistake', () => {
    expect(problems(CLAIMS)).toEqual([
      'AUTH_ISSUER requires AUTH_JWKS_URL or AUTH_JWT_SECRET',
      'AUTH_AUDIENCE requires AUTH_JWKS_URL or AUTH_JWT_SECRET',
    ]);
  });

  it.each([
    ['AUTH_JWT_SECRET', 'x'.repeat(31)],
    ['AUTH_JWT_SECRET', `${'x'.repeat(32)},short`],
    ['AUTH_JWT_SECRET', `${'x'.repeat(32)},${'y'.repeat(32)},${'z'.repeat(32)}`],
    ['AUTH_JWT_SECRET', 'a secret with blanks that is long enough'],
    ['AUTH_JWKS_URL', 'issuer.example/jwks.json'],
    ['AUTH_JWKS_URL', 'https://user:word@issuer.example/jwks.json'],
    ['AUTH_JWKS_URL', 'file:///etc/jwks.json'],
    ['ACCOUNT_IMAGES_PER_DAY', '-1'],
    ['ACCOUNT_IMAGES_PER_DAY', '1.5'],
    ['ACCOUNT_USD_PER_DAY', '$2.00'],
    ['ACCOUNT_USD_PER_MONTH', '1e9'],
    ['ACCOUNT_JOBS_PER_HOUR', 'many'],
    ['ACCOUNT_CONCURRENT_JOBS', '0'],
  ])('%s=%j is refused by name, and its value is not repeated', (name, value) => {
    const claims = name.startsWith('AUTH_') ? CLAIMS : {};
    const found = problems({ ...claims, [name]: value });
    expect(found).toEqual([expect.stringMatching(`^${name} `)]);
    if (value.length > 4) expect(found[0]).not.toContain(value);
  });

  it('need keys over https in production', () => {
    const http = { AUTH_JWKS_URL: 'http://issuer.example/jwks.json', ...CLAIMS };
    expect(problems({ NODE_ENV: 'production', ...http })).toContain(
      'AUTH_JWKS_URL must be an https URL in production',
    );
    expect(problems({ NODE_ENV: 'production', ...JWKS, ...CLAIMS }).join()).not.toContain('AUTH_');
    expect(problems(http)).toEqual([]);
  });
});

describe('the limits of an account', () => {
  it('have defaults, and none in dollars', () => {
    expect(loadConfig({}).accounts.limits).toEqual({
      imagesPerDay: 100,
      microUsdPerDay: undefined,
      microUsdPerMonth: undefined,
      jobsPerHour: 500,
      concurrentJobs: 10,
    });
  });

  it('can be set, and 0 allows nothing', () => {
    const { limits } = loadConfig({
      ACCOUNT_IMAGES_PER_DAY: '0',
      ACCOUNT_USD_PER_DAY: '0.50',
      ACCOUNT_USD_PER_MONTH: '0',
      ACCOUNT_JOBS_PER_HOUR: '7',
      ACCOUNT_CONCURRENT_JOBS: '1',
    }).accounts;
    expect(limits).toEqual({
      imagesPerDay: 0,
      microUsdPerDay: 500_000,
      microUsdPerMonth: 0,
      jobsPerHour: 7,
      concurrentJobs: 1,
    });
  });
});
