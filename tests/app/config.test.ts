import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/app/config/config.ts';
import { gapsIn } from '../../src/app/config/config-gaps.ts';
import { Environment } from '../../src/app/config/environment.ts';
import { gapsInLimits, machineLimits } from '../../src/app/config/machine-limits.ts';

const production = {
  NODE_ENV: 'production',
  GENERATED_IMAGES_BUCKET: 'pictures',
  AWS_REGION: 'eu-west-3',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  OPENAI_API_KEY: 'sk-example',
};

function problems(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('without any variable', () => {
  it('everything is embedded', () => {
    expect(loadConfig({})).toMatchObject({
      production: false,
      host: '127.0.0.1',
      port: 8080,
      store: {
        kind: 'filesystem',
        root: 'data',
        publicBaseUrl: 'http://localhost:8080/images',
      },
      generator: { kind: 'sketch' },
      locator: { kind: 'mmdb' },
      imagePrefix: 'generated/v2',
      recordsPrefix: 'records',
      dailyBudget: 15,
      maxConcurrentGenerations: 8,
      maxFallbackCopiesPerDay: 1000,
      pageCacheTtlMs: 60_000,
      claimLeaseMs: 15_000,
      renditionTimeoutMs: 5000,
    });
  });
});

describe('in production', () => {
  it('the real adapters are the default', () => {
    const config = loadConfig(production);
    expect(config.host).toBe('0.0.0.0');
    expect(config.store).toMatchObject({ kind: 's3', bucket: 'pictures', region: 'eu-west-3' });
    expect(config.generator).toMatchObject({
      kind: 'openai',
      model: 'gpt-image-1.5',
      fallbackModels: ['gpt-image-2.6-flare', 'gpt-image-2.5-flare', 'gpt-image-2'],
      quality: 'medium',
      size: '1024x1024',
      background: 'auto',
      timeoutMs: 180_000,
    });
    expect(config.locator).toMatchObject({
      kind: 'country-is',
      baseUrl: 'https://api.country.is',
      timeoutMs: 1000,
    });
  });

  it.each([
    'GENERATED_IMAGES_BUCKET',
    'AWS_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'OPENAI_API_KEY',
  ])('%s is required, and a blank one is missing', (name) => {
    const expected = [expect.stringMatching(`^${name} is required`)];
    expect(problems({ ...production, [name]: '' })).toEqual(expected);
    expect(problems({ ...production, [name]: '  ' })).toEqual(expected);
  });

  it('everything that is missing or malformed is named at once', () => {
    const found = problems({ NODE_ENV: 'production', PORT: 'http', DAILY_GENERATION_BUDGET: '-1' });
    const names = found.map((line) => line.split(' ')[0]);
    expect(names.sort()).toEqual(
      [
        'AWS_ACCESS_KEY_ID',
        'AWS_REGION',
        'AWS_SECRET_ACCESS_KEY',
        'DAILY_GENERATION_BUDGET',
        'GENERATED_IMAGES_BUCKET',
        'OPENAI_API_KEY',
        'PORT',
      ].sort(),
    );
  });

  it('an embedded adapter that is asked for by name is allowed', () => {
    const config = loadConfig({
      NODE_ENV: 'production',
      IMAGE_STORE: 'filesystem',
      IMAGE_GENERATOR: 'sketch',
      GEO_LOCATOR: 'none',
      PUBLIC_IMAGE_BASE_URL: 'https://cafe.example/images/',
    });
    expect(config.store).toMatchObject({ publicBaseUrl: 'https://cafe.example/images' });
  });

  it('pictures served by the service itself need their public address', () => {
    const env = { NODE_ENV: 'production', IMAGE_STORE: 'memory', IMAGE_GENERATOR: 'sketch' };
    expect(problems(env)).toEqual([expect.stringContaining('PUBLIC_IMAGE_BASE_URL is required')]);
  });
});

describe('a variable in quotes', () => {
  it.each([...Object.keys(Environment.shape), 'BACKEND_HOST', 'BACKEND_PORT'])(
    '%s is refused by its name',
    (name) => {
      for (const quoted of ['"production"', "'1'", '“x”', '""']) {
        const found = problems({ ...production, [name]: quoted });
        expect(found).toContainEqual(expect.stringMatching(`^${name} is in quotes`));
      }
    },
  );

  it('does not hide what else is wrong, and nothing says what is in it', () => {
    const { OPENAI_API_KEY: _, ...rest } = production;
    const found = problems({
      ...rest,
      NODE_ENV: '"production"',
      AWS_SECRET_ACCESS_KEY: '"canary-in-quotes"',
    });
    expect(found).toEqual([
      expect.stringMatching(/^NODE_ENV is in quotes/),
      expect.stringMatching(/^AWS_SECRET_ACCESS_KEY is in quotes/),
      expect.stringMatching(/^OPENAI_API_KEY is required/),
    ]);
    expect(found.join()).not.toContain('canary-in-quotes');
  });

  it('may have quotes within, or at one end', () => {
    expect(problems({ ...production, OTEL_SERVICE_NAME: 'the "cafe"' })).toEqual([]);
    expect(problems({ NODE_ENV: '"production' })).toEqual([
      expect.stringContaining('must be exactly production'),
    ]);
  });
});

describe('what platforms set', () => {
  it.each([
    [{ BACKEND_PORT: 'tcp://10.96.0.7:80', BACKEND_SERVICE_HOST: '10.96.0.7' }, 8080],
    [{ PORT: 'tcp://10.96.0.7:80' }, 8080],
    [{ PORT: 'udp://10.96.0.7:53', BACKEND_PORT: '3000' }, 3000],
    [{ BYTESIZED_CAFE_PORT: 'tcp://10.96.0.7:80', CAFE_PORT_80_TCP_ADDR: '10.96.0.7' }, 8080],
    [{ PORT: '' }, 8080],
    [{ PORT: ' \r\n' }, 8080],
    [{ PORT: '10000\r' }, 10_000],
    [{ PORT: '\uFEFF5000\n', DYNO: 'web.1' }, 5000],
    [{ PORT: '8080', K_SERVICE: 'cafe', K_REVISION: 'cafe-1' }, 8080],
  ])('%j stops no start', (env, port) => {
    expect(loadConfig({ ...production, ...env }).port).toBe(port);
  });

  it.each([
    ['::', '::', 'http://localhost:8080'],
    ['[::]', '::', 'http://localhost:8080'],
    ['[fd00::1]', 'fd00::1', 'http://[fd00::1]:8080'],
    ['0.0.0.0', '0.0.0.0', 'http://localhost:8080'],
    [' ', '0.0.0.0', 'http://localhost:8080'],
  ])('HOST=%s listens at %s', (HOST, host, localUrl) => {
    expect(loadConfig({ ...production, HOST })).toMatchObject({ host, localUrl });
  });

  it('may be in another case', () => {
    const env = { ...production, LOG_LEVEL: 'INFO', TRUST_PROXY: 'False' };
    expect(loadConfig(env)).toMatchObject({ logLevel: 'info', proxy: { trustProxy: false } });
  });
});

describe('a variable', () => {
  it.each([
    ['PORT', 'abc'],
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '80.5'],
    ['PORT', '-1'],
    ['BACKEND_PORT', '99999'],
    ['DAILY_GENERATION_BUDGET', '1.5'],
    ['DAILY_GENERATION_BUDGET', '-1'],
    ['DAILY_GENERATION_BUDGET', 'NaN'],
    ['DAILY_GENERATION_BUDGET', '1e3'],
    ['DAILY_GENERATION_BUDGET', '99999999999999999999'],
    ['DAILY_BUDGET_USD', '-0.5'],
    ['DAILY_BUDGET_USD', '$0.50'],
    ['DAILY_BUDGET_USD', '0,50'],
    ['DAILY_BUDGET_USD', '1e3'],
    ['MONTHLY_BUDGET_USD', '.5'],
    ['MONTHLY_BUDGET_USD', '0.0000001'],
    ['MONTHLY_BUDGET_USD', 'Infinity'],
    ['MAX_CONCURRENT_GENERATIONS', '0'],
    ['CLAIM_LEASE_MS', '999'],
    ['CLAIM_LEASE_MS', '300001'],
    ['RENDITION_TIMEOUT_MS', '499'],
    ['RENDITION_TIMEOUT_MS', '60001'],
    ['OPENAI_TIMEOUT_MS', '300000'],
    ['OPENAI_IMAGE_QUALITY', 'best'],
    ['OPENAI_IMAGE_SIZE', 'large'],
    ['OPENAI_IMAGE_BACKGROUND', 'red'],
    ['OPENAI_BASE_URL', 'ftp://x.example'],
    ['COUNTRY_IS_URL', 'country.is'],
    ['COUNTRY_IS_URL', 'https://user:pass@country.example'],
    ['COUNTRY_IS_URL', 'https://:pass@country.example'],
    ['PUBLIC_IMAGE_BASE_URL', 'https://cdn.example/?x=1'],
    ['GENERATED_IMAGES_BUCKET', 'Not_A_Bucket'],
    ['GENERATED_IMAGES_BUCKET', '192.168.1.1'],
    ['GENERATED_IMAGES_BUCKET', 'a..b'],
    ['AWS_REGION', 'eu west 3'],
    ['AWS_REGION', '"eu-west-3"'],
    ['AWS_REGION', 'RegionOne'],
    ['AWS_REGION', '-eu'],
    ['AWS_REGION', 'x.evil.example/#'],
    ['OPENAI_API_KEY', 'sk–dash'],
    ['AWS_SECRET_ACCESS_KEY', 'two\nlines'],
    ['NODE_ENV', 'Production'],
    ['NODE_ENV', 'PROD'],
    ['IMAGE_STORE', 'gcs'],
    ['IMAGE_GENERATOR', 'dalle'],
    ['GEO_LOCATOR', 'gps'],
    ['TRUST_PROXY', 'maybe'],
    ['TRUSTED_PROXY_HOPS', '0'],
    ['LOG_LEVEL', 'loud'],
    ['IMAGE_GEN_PREFIX', '../etc'],
    ['IMAGE_GEN_PREFIX', 'a//b'],
    ['IMAGE_GEN_PREFIX', '/'],
    ['RECORDS_PREFIX', 'a b'],
    ['RECORDS_PREFIX', 'generated/v2/records'],
    ['RECORDS_PREFIX', 'generated/v2'],
    ['CORS_ALLOWED_ORIGINS', '*'],
    ['CORS_ALLOWED_ORIGINS', 'https://blog.example/path'],
    ['CORS_ALLOWED_ORIGINS', 'https://blog.example,blog.example'],
    ['GEO_COUNTRY_HEADER', 'bad header'],
    ['SITE_SITEMAP_URL', 'ftp://blog.example/sitemap.xml'],
    ['SITE_SITEMAP_URL', 'https://user:word@blog.example/sitemap.xml'],
    ['PAGE_TOKEN_SECRET', 'x'.repeat(23)],
    ['PAGE_TOKEN_SECRET', `${'x'.repeat(24)},short`],
    ['PAGE_TOKEN_SECRET', `${'x'.repeat(24)},${'y'.repeat(24)},${'z'.repeat(24)}`],
    ['NEW_PAGES_PER_IP_PER_HOUR', '0'],
    ['BUDGET_OPENS_OVER_HOURS', '25'],
    ['BUDGET_OPENS_OVER_HOURS', '-1'],
    ['BUDGET_OPENS_OVER_HOURS', '1.5'],
    ['BOTS_MAY_SPEND', 'never'],
    ['MAX_COUNTRIES_PER_PAGE_PER_DAY', '0'],
  ])('K10, N8: %s=%j is refused by name, and its value is not repeated', (name, value) => {
    const found = problems({ [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(name.replace('BACKEND_', ''));
    if (value.length > 3) expect(found[0]).not.toContain(value);
  });

  it('GEO_FIXED_COUNTRY is required by its locator and must be a country', () => {
    expect(problems({ GEO_LOCATOR: 'fixed' })).toEqual([
      expect.stringContaining('GEO_FIXED_COUNTRY is required'),
    ]);
    expect(problems({ GEO_LOCATOR: 'fixed', GEO_FIXED_COUNTRY: 'XX' })).toHaveLength(1);
    expect(loadConfig({ GEO_LOCATOR: 'fixed', GEO_FIXED_COUNTRY: 'FR' }).locator).toMatchObject({
      country: { name: 'France' },
    });
  });

  it('loses blanks around it, a carriage return included', () => {
    const env = { ...production, NODE_ENV: 'production\r', AWS_REGION: ' eu-west-3\r' };
    expect(loadConfig(env)).toMatchObject({ production: true, store: { region: 'eu-west-3' } });
  });

  it('PORT and HOST win over their aliases', () => {
    const aliases = { BACKEND_HOST: '10.0.0.1', BACKEND_PORT: '9000' };
    expect(loadConfig(aliases)).toMatchObject({ host: '10.0.0.1', port: 9000 });
    expect(loadConfig({ ...aliases, HOST: '::1', PORT: '9001' })).toMatchObject({
      host: '::1',
      port: 9001,
    });
  });

  it('SITE_SITEMAP_URL must be https in production', () => {
    const http = { SITE_SITEMAP_URL: 'http://blog.example/sitemap.xml' };
    expect(problems({ ...production, ...http })).toEqual([
      'SITE_SITEMAP_URL must be an https URL in production',
    ]);
    expect(loadConfig(http).purchase.sitemapUrl).toBe(http.SITE_SITEMAP_URL);
  });

  it('nobody is kept from new pictures where nothing is said', () => {
    expect(loadConfig(production).purchase).toEqual({
      botsMaySpend: true,
      sitemapUrl: undefined,
      pageTokenSecrets: [],
      newPagesPerAddressPerHour: undefined,
      countriesPerPagePerDay: undefined,
    });
  });

  it('K10: DAILY_GENERATION_BUDGET may be 0', () => {
    expect(loadConfig({ DAILY_GENERATION_BUDGET: '0' }).dailyBudget).toBe(0);
  });

  it('DAILY_BUDGET_USD and MONTHLY_BUDGET_USD are dollars, and no limit where they are not set', () => {
    const budgets = { DAILY_BUDGET_USD: '0.29', MONTHLY_BUDGET_USD: '15' };
    expect(loadConfig(budgets)).toMatchObject({
      dailyMicroUsd: 290_000,
      monthlyMicroUsd: 15_000_000,
    });
    expect(loadConfig({ DAILY_BUDGET_USD: '0', MONTHLY_BUDGET_USD: ' ' })).toMatchObject({
      dailyMicroUsd: 0,
      monthlyMicroUsd: undefined,
    });
  });

  it('N8: IMAGE_GEN_PREFIX loses slashes at its ends', () => {
    expect(loadConfig({ IMAGE_GEN_PREFIX: '/pictures/v1/' }).imagePrefix).toBe('pictures/v1');
  });

  it('CORS_ALLOWED_ORIGINS is a list of origins', () => {
    const origins = 'https://blog.example, http://localhost:4000/ ,';
    expect(loadConfig({ ...production, CORS_ALLOWED_ORIGINS: origins }).allowedOrigins).toEqual([
      'https://blog.example',
      'http://localhost:4000',
    ]);
  });

  it.each([
    [undefined, undefined, false],
    ['http://localhost:9000', undefined, true],
    ['http://localhost:9000', 'false', false],
    ['https://s3.dualstack.eu-west-3.amazonaws.com', undefined, false],
    ['https://s3.dualstack.eu-west-3.amazonaws.com', 'true', true],
  ])(
    'AWS_ENDPOINT_URL_S3=%s and S3_FORCE_PATH_STYLE=%s: bucket in the path is %s',
    (endpoint, flag, path) => {
      const { store } = loadConfig({
        ...production,
        AWS_ENDPOINT_URL_S3: endpoint,
        S3_FORCE_PATH_STYLE: flag,
      });
      expect(store).toMatchObject({ forcePathStyle: path });
    },
  );

  it('OPENAI_BASE_URL that is blank means the default', () => {
    const { generator } = loadConfig({ ...production, OPENAI_BASE_URL: '' });
    expect(generator).toMatchObject({ baseUrl: undefined });
  });

  it("GENERATED_IMAGES_BUCKET must not be the static site's bucket", () => {
    expect(problems({ ...production, AWS_S3_BUCKET: 'pictures' })).toHaveLength(1);
  });
});

describe('the admin', () => {
  it('needs no token, and a long one in production', () => {
    expect(loadConfig(production).admin.token).toBeUndefined();
    expect(loadConfig({ ADMIN_TOKEN: 'short' }).admin.token).toBe('short');
    expect(problems({ ...production, ADMIN_TOKEN: 'x'.repeat(23) })).toEqual([
      'ADMIN_TOKEN must have at least 24 characters in production',
    ]);
    expect(problems({ ...production, ADMIN_TOKEN: 'x'.repeat(24) })).toEqual([]);
  });

  it('may raise the budget to its ceiling, ten times the budget by default', () => {
    const ceiling = (env: Record<string, string>) => loadConfig(env).admin.budgetCeiling;
    expect(ceiling({ DAILY_GENERATION_BUDGET: '7' })).toBe(70);
    expect(ceiling({ DAILY_GENERATION_BUDGET: '0' })).toBe(0);
    expect(ceiling({ DAILY_GENERATION_BUDGET: '7', ADMIN_BUDGET_CEILING: '20' })).toBe(20);
  });
});

describe('what will hardly be meant so', () => {
  const whole = { ...production, CORS_ALLOWED_ORIGINS: 'https://blog.example' };

  it('is a budget in dollars that can never buy a picture', () => {
    const gaps = (env: Record<string, string>) => gapsIn(loadConfig({ ...whole, ...env }), 46_080);
    expect(gaps({ DAILY_BUDGET_USD: '0.04', MONTHLY_BUDGET_USD: '0.046079' })).toEqual([
      'DAILY_BUDGET_USD allows no picture: one may cost $0.04608',
      'MONTHLY_BUDGET_USD allows no picture: one may cost $0.04608',
    ]);
    expect(gaps({ DAILY_BUDGET_USD: '0', MONTHLY_BUDGET_USD: '0.04608' })).toEqual([]);
    expect(gaps({})).toEqual([]);
  });

  it('is told: reviews without anybody who could approve', () => {
    const gaps = (env: Record<string, string>) => gapsIn(loadConfig({ ...whole, ...env }), 1);
    const told = expect.stringContaining('REVIEW=before never publishes a new picture');
    expect(gaps({ REVIEW: 'before' })).toContainEqual(told);
    const ADMIN_TOKEN = 'a-token-of-24-characters-or-more';
    expect(gaps({ REVIEW: 'before', ADMIN_TOKEN })).not.toContainEqual(told);
    // Elsewhere a token is made.
    expect(gapsIn(loadConfig({ REVIEW: 'before' }), 1)).not.toContainEqual(told);
  });
});

describe('.env.example', () => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const lines = [...text.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=(.*)$/gm)];
  const documented = lines.map(([, name]) => String(name));

  it('lists every variable that is read, and no other', () => {
    const aliases = ['BACKEND_HOST', 'BACKEND_PORT'];
    const read = [...Object.keys(Environment.shape), ...aliases];
    expect(documented.toSorted()).toEqual(read.toSorted());
  });

  it('gives every default as it is', () => {
    const examples = ['CORS_ALLOWED_ORIGINS'];
    const values = lines
      .map(([, name, value]) => [String(name), String(value)] as const)
      .filter(([name, value]) => value !== '' && !examples.includes(name));
    expect(values.length).toBeGreaterThan(20);
    // What is set is told from what is not, though it says the same.
    const without = (env: Record<string, string>) => ({ ...loadConfig(env), given: {} });
    expect(without(Object.fromEntries(values))).toEqual(without({}));
  });
});

describe("the machine's limits", () => {
  const enough = { openFiles: 65_536, memory: 512 * 2 ** 20 };
  const eight = { maxConcurrentGenerations: 8 };

  it('P6, P8: are told where they are low', () => {
    expect(gapsInLimits(enough, eight)).toEqual([]);
    expect(gapsInLimits({ openFiles: undefined, memory: undefined }, eight)).toEqual([]);
    expect(gapsInLimits({ ...enough, openFiles: 1024 }, eight)).toEqual([
      expect.stringContaining('ulimit -n is 1024'),
    ]);
    expect(gapsInLimits({ ...enough, memory: 256 * 2 ** 20 }, eight)).toEqual([
      expect.stringMatching(/256 MB.*MAX_CONCURRENT_GENERATIONS=8/),
    ]);
  });

  it('P6, P8: are read from the system', () => {
    const { openFiles, memory } = machineLimits();
    for (const limit of [openFiles, memory]) {
      expect(limit).toSatisfy((value) => value === undefined || value > 0);
    }
  });
});
