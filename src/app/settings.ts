import { DAY_MS } from '../domain/day.ts';
import type { Config } from './config.ts';
import { Environment } from './environment.ts';
import { SECRET_NAMES } from './environment-secrets.ts';

/** A variable as it is in force, for people to read. */
export interface Setting {
  name: string;
  /** `null` for a secret, and where nothing is in force. */
  value: string | null;
  /** Whether the environment says so; otherwise it is the default. */
  isSet: boolean;
  isSecret: boolean;
  /** What it is for. */
  about: string;
}

export interface SettingGroup {
  title: string;
  settings: Setting[];
}

type Configured = Omit<Config, 'settings' | 'secrets'>;

/** What a variable is about, by the first that fits its name. */
const GROUPS: readonly [string, RegExp][] = [
  ['Budget', /BUDGET|^MAX_|^HEAL_|^FALLBACK_/],
  ['Painting', /^OPENAI_|^IMAGE_GENERATOR$/],
  ['Keeping', /^(GENERATED_|AWS_|S3_|IMAGE_|RECORDS_|PUBLIC_IMAGE|DATA_DIR)/],
  ['Readers’ countries', /^GEO_|^COUNTRY_|^TRUST/],
  ['Admin', /^ADMIN_/],
  ['Service', /./],
];

/**
 * Every variable there is, in groups. No secret is in it, and no part of one.
 *
 * @param set what the environment says, by name
 */
export function settingsInForce(
  set: Readonly<Record<string, string | undefined>>,
  config: Configured,
): SettingGroup[] {
  const defaults: Record<string, string> = {
    ...textsOf(Environment.parse({})),
    ...inForce(config),
  };
  const groups = new Map(GROUPS.map(([title]) => [title, [] as Setting[]]));
  for (const [name, schema] of Object.entries(Environment.shape)) {
    const isSecret = SECRET_NAMES.has(name);
    const given = set[name];
    const value = given === undefined ? defaults[name] : withoutCredentials(given);
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

/** What goes for variables that are not set, where that is no constant. */
function inForce(config: Configured): { readonly [Name in keyof Environment]?: string } {
  const { host, store, generator, locator, imageLifetimeMs: lifetime, admin } = config;
  return {
    HOST: host,
    IMAGE_STORE: store.kind,
    IMAGE_GENERATOR: generator.kind,
    GEO_LOCATOR: locator.kind,
    ...(Number.isFinite(lifetime) ? { IMAGE_LIFETIME_DAYS: String(lifetime / DAY_MS) } : {}),
    ADMIN_BUDGET_CEILING: String(admin.budgetCeiling),
  };
}

function textsOf(environment: Environment): Record<string, string> {
  const texts = Object.entries(environment).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : String(value ?? ''),
  ]);
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}

/** A URL may carry a password where it needs none. */
function withoutCredentials(text: string): string {
  return text.replace(/(?<=\/\/)[^/?#\s]*@/g, '');
}
