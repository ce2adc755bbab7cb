import { type Country, countryByCode } from '../../domain/countries/country.ts';
import type { Environment } from './environment.ts';

export type StoreConfig =
  | {
      kind: 's3';
      bucket: string;
      region: string;
      accessKeyId: string;
      secretAccessKey: string;
      endpoint: string | undefined;
      forcePathStyle: boolean;
      publicBaseUrl: string | undefined;
      readTimeoutMs: number;
      writeTimeoutMs: number;
      maxConnections: number;
      /** Directory for images the bucket rejected; absent disables it. */
      spoolFolder: string | undefined;
    }
  | { kind: 'filesystem'; root: string; publicBaseUrl: string }
  | { kind: 'memory'; publicBaseUrl: string };

export type GeneratorConfig =
  | {
      kind: 'openai';
      apiKey: string;
      baseUrl: string | undefined;
      model: string;
      fallbackModels: string[];
      quality: Environment['OPENAI_IMAGE_QUALITY'];
      size: string;
      background: Environment['OPENAI_IMAGE_BACKGROUND'];
      timeoutMs: number;
      /** Milliseconds of the pause after failures. */
      pauseMs: number;
    }
  | { kind: 'sketch' };

export type LocatorConfig =
  | { kind: 'country-is'; baseUrl: string; timeoutMs: number }
  | { kind: 'mmdb'; file: string | undefined }
  | { kind: 'header'; header: string }
  | { kind: 'fixed'; country: Country }
  | { kind: 'none' };

export function storeConfig(
  env: Environment,
  kind: StoreConfig['kind'],
  localUrl: string,
): StoreConfig {
  const served = env.PUBLIC_IMAGE_BASE_URL ?? `${localUrl}/images`;
  if (kind === 'memory') return { kind, publicBaseUrl: served };
  if (kind === 'filesystem') return { kind, root: env.DATA_DIR ?? 'data', publicBaseUrl: served };
  return {
    kind,
    bucket: given(env.GENERATED_IMAGES_BUCKET),
    region: given(env.AWS_REGION),
    accessKeyId: given(env.AWS_ACCESS_KEY_ID),
    secretAccessKey: given(env.AWS_SECRET_ACCESS_KEY),
    endpoint: env.AWS_ENDPOINT_URL_S3,
    forcePathStyle: env.S3_FORCE_PATH_STYLE ?? isNotAmazons(env.AWS_ENDPOINT_URL_S3),
    publicBaseUrl: env.PUBLIC_IMAGE_BASE_URL,
    readTimeoutMs: env.S3_READ_TIMEOUT_MS,
    writeTimeoutMs: env.S3_WRITE_TIMEOUT_MS,
    maxConnections: env.S3_MAX_CONNECTIONS,
    spoolFolder: env.DATA_DIR,
  };
}

/**
 * Amazon's regions are part of its host names. Other providers have regions such as RegionOne or
 * GRA.
 */
export function storeProblems({
  AWS_REGION = '',
  AWS_ENDPOINT_URL_S3,
}: Record<string, string>): string[] {
  if (AWS_ENDPOINT_URL_S3 !== undefined || !/[A-Z]/.test(AWS_REGION)) return [];
  return ['AWS_REGION is not a region of Amazon S3, such as eu-west-3'];
}

export function generatorConfig(env: Environment, kind: GeneratorConfig['kind']): GeneratorConfig {
  if (kind === 'sketch') return { kind };
  return {
    kind,
    apiKey: given(env.OPENAI_API_KEY),
    baseUrl: env.OPENAI_BASE_URL,
    model: env.OPENAI_IMAGE_MODEL,
    fallbackModels: env.OPENAI_IMAGE_MODEL_FALLBACKS,
    quality: env.OPENAI_IMAGE_QUALITY,
    size: env.OPENAI_IMAGE_SIZE,
    background: env.OPENAI_IMAGE_BACKGROUND,
    timeoutMs: env.OPENAI_TIMEOUT_MS,
    pauseMs: env.GENERATOR_PAUSE_MS,
  };
}

export function locatorConfig(env: Environment, kind: LocatorConfig['kind']): LocatorConfig {
  switch (kind) {
    case 'country-is':
      return { kind, baseUrl: env.COUNTRY_IS_URL, timeoutMs: env.GEO_TIMEOUT_MS };
    case 'mmdb':
      return { kind, file: env.GEO_DATABASE };
    case 'header':
      return { kind, header: env.GEO_COUNTRY_HEADER };
    case 'fixed':
      return { kind, country: given(countryByCode(env.GEO_FIXED_COUNTRY)) };
    case 'none':
      return { kind };
  }
}

/** For other providers, the host names and public URLs of buckets are unknown. */
export function isNotAmazons(endpoint: string | undefined): boolean {
  return endpoint !== undefined && !new URL(endpoint).hostname.endsWith('.amazonaws.com');
}

/** Required values were validated before. If one is missing here, `requiredFor` lacks a rule. */
function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a required variable was not checked');
  return value;
}
