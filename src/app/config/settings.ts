import { DAY_MS } from '../../domain/kernel/day.ts';
import type { Config } from './config.ts';
import { SECRET_NAMES } from './environment/secrets.ts';
import { Environment } from './environment.ts';

/** A variable's effective value, for display. */
export interface Setting {
  name: string;
  /** `null` for a secret, and if nothing applies. */
  value: string | null;
  /** Whether the environment sets it; otherwise the default applies. */
  isSet: boolean;
  isSecret: boolean;
  /** Its description. */
  about: string;
}

export interface SettingGroup {
  title: string;
  settings: Setting[];
}

/** The groups of `docs/configuration.md`. The first pattern that matches a name decides. */
const GROUPS: readonly [string, RegExp][] = [
  ['Mode', /^NODE_ENV$/],
  [
    'Server',
    /^(HOST|PORT|LOG_|REQUEST_|KEEP_ALIVE_|MAX_WAITING_|MAX_SEARCHES|MAX_REQUESTS_|ANSWER_|DRAIN_)/,
  ],
  ['Access', /^(CORS_|SITE_|PAGE_(TOKEN|QUERY)_|BOTS_|NEW_PAGES_|MAX_COUNTRIES_|TRUST|CLIENT_)/],
  ['Admin', /^ADMIN_/],
  ['Database', /^(DATABASE_|STUDIO$|BUDGET_LEDGER$)/],
  ['Accounts', /^(AUTH_|ACCOUNT_)/],
  ['Monitoring', /^(METRICS_|ALERT_|OTEL_)/],
  ['Budget', /BUDGET|^(MAX_|GENERATOR_|REVIEW$|HEAL_|FALLBACK_)/],
  [
    'Storage',
    /^(IMAGE_(STORE|GEN_|LIFETIME_)|DATA_DIR|GENERATED_|AWS_|S3_|RECORDS_|RENDITION_|PUBLIC_|PAGE_CACHE_|CLAIM_)/,
  ],
  ['Image generator', /^(IMAGE_GENERATOR$|OPENAI_)/],
  ['Geolocation', /^(GEO_|COUNTRY_)/],
];

/** All variables in groups. Contains no secret, nor part of one. */
export function settingsInForce(config: Config): SettingGroup[] {
  const defaults: Record<string, string | undefined> = {
    ...textsOf(Environment.parse({})),
    ...inForce(config),
  };
  const groups = new Map(GROUPS.map(([title]) => [title, [] as Setting[]]));
  for (const [name, schema] of Object.entries(Environment.shape)) {
    const isSecret = SECRET_NAMES.has(name);
    const given = config.given[name];
    const value = given ?? defaults[name];
    const [title = ''] = GROUPS.find(([, names]) => names.test(name)) ?? [];
    groups.get(title)?.push({
      name,
      value: (isSecret ? null : value) ?? null,
      isSet: given !== undefined,
      isSecret,
      about: schema.description ?? '',
    });
  }
  return [...groups].map(([title, settings]) => ({ title, settings }));
}

/** Effective values of unset variables whose default is not a constant. */
function inForce(config: Config): { readonly [Name in keyof Environment]?: string | undefined } {
  const { host, store, generator, locator, imageLifetimeMs, admin } = config;
  return {
    HOST: host,
    IMAGE_STORE: store.kind,
    IMAGE_GENERATOR: generator.kind,
    GEO_LOCATOR: locator.kind,
    IMAGE_LIFETIME_DAYS: Number.isFinite(imageLifetimeMs)
      ? String(imageLifetimeMs / DAY_MS)
      : undefined,
    HEAL_FALLBACKS: String(config.healFallbacks),
    ADMIN_BUDGET_CEILING: String(admin.budgetCeiling),
    STUDIO: config.hasStudio ? 'on' : 'off',
    BUDGET_LEDGER: config.isLedgerInDatabase ? 'postgres' : 'object-store',
  };
}

function textsOf(environment: Environment): Record<string, string> {
  const texts = Object.entries(environment).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : String(value ?? ''),
  ]);
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}
