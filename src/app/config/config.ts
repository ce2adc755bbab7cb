import { DAY_MS } from '../../domain/kernel/day.ts';
import { accountsConfig, accountsProblems } from './accounts-config.ts';
import {
  type GeneratorConfig,
  generatorConfig,
  type LocatorConfig,
  locatorConfig,
  type StoreConfig,
  storeConfig,
} from './adapter-config.ts';
import { adminConfig, adminProblems } from './admin-config.ts';
import { admissionConfig, admissionProblems } from './admission-config.ts';
import { contradictions } from './contradictions.ts';
import { databaseConfig, databaseProblems } from './database-config.ts';
import { cleanEnvironment } from './environment/clean-environment.ts';
import { SECRET_NAMES, secretsIn } from './environment/secrets.ts';
import { Environment } from './environment.ts';
import { monitoringConfig, monitoringProblems } from './monitoring-config.ts';
import { pageNamesConfig } from './page-names-config.ts';
import { requestLimits } from './request-limits.ts';

/** Which request headers provide the reader's address. */
export type ProxyTrust = ReturnType<typeof proxyTrust>;

/** The configuration: the environment's values, and defaults for the rest. */
export type Config = ReturnType<typeof configFrom> & {
  /** The variables set by the environment, by name. A secret's value is replaced by ''. */
  given: Readonly<Record<string, string>>;
  /** Texts to remove from all output. */
  secrets: string[];
};

/** All problems of the environment, one line each. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * The configuration described by an environment.
 *
 * In production nothing falls back to an embedded adapter. Without `NODE_ENV=production`, no
 * variable is required.
 *
 * @throws ConfigError listing all problems at once; it never contains a variable's value
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const clean = cleanEnvironment(env);
  const set = withAliases(clean.set);
  const parsed = Environment.safeParse(set);
  const malformed = new Map(
    parsed.error?.issues.map(({ path, message }) => [String(path[0]), message] as const),
  );
  const production = set.NODE_ENV === 'production';
  const chosen: Choice = {
    production,
    store: set.IMAGE_STORE ?? (production ? 's3' : 'filesystem'),
    generator: set.IMAGE_GENERATOR ?? (production ? 'openai' : 'sketch'),
    locator: set.GEO_LOCATOR ?? (production ? 'country-is' : 'mmdb'),
  };
  const problems = [
    ...clean.problems,
    ...Array.from(malformed, ([name, message]) => `${name} ${message}`),
    ...requiredFor(chosen)
      .filter(({ name }) => set[name] === undefined)
      .map(({ name, by }) => `${name} is required ${by}`),
    ...contradictions(set),
    ...databaseProblems(set, production),
  ];
  if (production) {
    problems.push(...adminProblems(set), ...admissionProblems(set), ...monitoringProblems(set));
    problems.push(...accountsProblems(set));
  }
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return {
    ...configFrom(parsed.data, chosen),
    given: withoutSecrets(set),
    secrets: secretsIn(set),
  };
}

function withoutSecrets(set: Record<string, string>): Record<string, string> {
  const shown = Object.entries(set).map(([name, value]) => [
    name,
    SECRET_NAMES.has(name) ? '' : value,
  ]);
  return Object.fromEntries(shown);
}

function withAliases(env: Record<string, string>): Record<string, string> {
  const aliases = Object.entries({ HOST: env.BACKEND_HOST, PORT: env.BACKEND_PORT });
  return { ...Object.fromEntries(aliases.filter(isGiven)), ...env };
}

function isGiven(entry: [string, string | undefined]): entry is [string, string] {
  return Boolean(entry[1]);
}

/** The chosen or default adapters. A misspelt choice adds no further requirements. */
interface Choice {
  production: boolean;
  store: string;
  generator: string;
  locator: string;
}

function requiredFor({ production, store, generator, locator }: Choice) {
  const rules = [
    {
      when: store === 's3',
      names: [
        'GENERATED_IMAGES_BUCKET',
        'AWS_REGION',
        'AWS_ACCESS_KEY_ID',
        'AWS_SECRET_ACCESS_KEY',
      ],
      by: `by IMAGE_STORE=s3${production ? ', the default in production' : ''}`,
    },
    {
      when: generator === 'openai',
      names: ['OPENAI_API_KEY'],
      by: `by IMAGE_GENERATOR=openai${production ? ', the default in production' : ''}`,
    },
    {
      when: production && (store === 'filesystem' || store === 'memory'),
      names: ['PUBLIC_IMAGE_BASE_URL'],
      by: `by IMAGE_STORE=${store} in production: where readers reach this service's /images`,
    },
    { when: locator === 'fixed', names: ['GEO_FIXED_COUNTRY'], by: 'by GEO_LOCATOR=fixed' },
  ];
  return rules
    .filter(({ when }) => when)
    .flatMap(({ names, by }) => names.map((name) => ({ name, by })));
}

function configFrom(env: Environment, chosen: Choice) {
  // URLs put IPv6 addresses in brackets; `listen` takes none.
  const host =
    env.HOST?.replace(/^\[(.*)\]$/, '$1') ?? (chosen.production ? '0.0.0.0' : '127.0.0.1');
  const localUrl = `http://${localName(host)}:${env.PORT}`;
  const demoBlog = chosen.production ? undefined : localUrl;
  return {
    production: chosen.production,
    host,
    port: env.PORT,
    /** The service's URL for a browser on this machine. */
    localUrl,
    logLevel: env.LOG_LEVEL,
    ...requestLimits(env),
    store: storeConfig(env, chosen.store as StoreConfig['kind'], localUrl),
    generator: generatorConfig(env, chosen.generator as GeneratorConfig['kind']),
    locator: locatorConfig(env, chosen.locator as LocatorConfig['kind']),
    imagePrefix: env.IMAGE_GEN_PREFIX,
    /** How long images stay in the store; `Infinity` if they do not expire. */
    imageLifetimeMs: imageLifetimeMs(env, chosen.store),
    recordsPrefix: env.RECORDS_PREFIX,
    ...databaseConfig(env, chosen.production),
    /** Images per UTC day. */
    dailyBudget: env.DAILY_GENERATION_BUDGET,
    /** Millionths of a US dollar per UTC day, and per calendar month. */
    dailyMicroUsd: env.DAILY_BUDGET_USD,
    monthlyMicroUsd: env.MONTHLY_BUDGET_USD,
    /**
     * Number of hours over which a day's budget opens to readers, one part each hour; 0 for all at
     * once.
     */
    budgetOpensOverHours: env.BUDGET_OPENS_OVER_HOURS,
    maxConcurrentGenerations: env.MAX_CONCURRENT_GENERATIONS,
    /** New images wait for the owner's approval. */
    isReviewedBefore: env.REVIEW === 'before',
    healFallbacks: env.HEAL_FALLBACKS ?? !chosen.production,
    maxFallbackCopiesPerDay: env.MAX_FALLBACK_COPIES_PER_DAY,
    fallBackOnUpstreamError: env.FALLBACK_ON_UPSTREAM_ERROR,
    allowedOrigins: allowedOrigins(env, demoBlog),
    proxy: proxyTrust(env),
    pageCacheTtlMs: env.PAGE_CACHE_TTL_SECONDS * 1000,
    pageCacheMaxPages: env.PAGE_CACHE_MAX_PAGES,
    claimLeaseMs: env.CLAIM_LEASE_MS,
    renditionTimeoutMs: env.RENDITION_TIMEOUT_MS,
    drainTimeoutMs: env.DRAIN_TIMEOUT_MS,
    admin: adminConfig(env),
    /** For which requests new images are generated. */
    purchase: admissionConfig(env),
    /** How requests may name pages. */
    pageNames: pageNamesConfig(env, demoBlog),
    watching: monitoringConfig(env, chosen.production),
    /** Who may call the API with a key or a token, and how much each account may use. */
    accounts: accountsConfig(env),
  };
}

function proxyTrust(env: Environment) {
  return {
    trustProxy: env.TRUST_PROXY,
    /** Counted from the right of `X-Forwarded-For`. */
    trustedHops: env.TRUSTED_PROXY_HOPS,
    /** Lower case: if configured, the only header that provides the reader's address. */
    header: env.CLIENT_IP_HEADER,
  };
}

/** Only S3 expires images (lifecycle rule, 30 days by default). The filesystem store keeps them. */
function imageLifetimeMs({ IMAGE_LIFETIME_DAYS: days }: Environment, store: string): number {
  return (days ?? (store === 's3' ? 30 : Number.POSITIVE_INFINITY)) * DAY_MS;
}

/** Includes the demo blog's origin, if any, so that a configured blog does not lock it out. */
function allowedOrigins(env: Environment, demoBlog: string | undefined): string[] {
  const origins = env.CORS_ALLOWED_ORIGINS;
  return origins.length > 0 && demoBlog ? [...origins, demoBlog] : origins;
}

/** The name under which a browser on this machine reaches the address. */
function localName(host: string): string {
  if (['0.0.0.0', '127.0.0.1', '::', '::1'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
