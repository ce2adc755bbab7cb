import { S3BucketProbe } from '../../adapters/image-store/s3/probe.ts';
import { type Config, ConfigError, loadConfig } from '../../app/config/config.ts';
import { secretsIn } from '../../app/config/environment/secrets.ts';
import { openGenerator, openStore } from '../../app/container/open-adapters.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import { ImageKeys } from '../../domain/storage/image-keys.ts';
import type { ImageStore } from '../../domain/storage/image-store.ts';
import { UNWATCHED } from '../unwatched.ts';
import type { Check, ConfigOf } from './check.ts';
import { bucketAccess } from './checks/bucket/access.ts';
import { conditionalWrites } from './checks/bucket/conditional-writes.ts';
import { lifecycle } from './checks/bucket/lifecycle.ts';
import { listing } from './checks/bucket/listing.ts';
import { missingImage } from './checks/bucket/missing-image.ts';
import { ownership } from './checks/bucket/ownership.ts';
import { privateListing } from './checks/bucket/private-listing.ts';
import { privateRecords } from './checks/bucket/private-records.ts';
import { publicImages } from './checks/bucket/public-images.ts';
import { scratch } from './checks/bucket/scratch.ts';
import { takingDown } from './checks/bucket/taking-down.ts';
import type { S3Config } from './checks/bucket/words.ts';
import { clockSkew } from './checks/clock-skew.ts';
import { configuration, unusableConfiguration } from './checks/configuration.ts';
import { countries } from './checks/countries.ts';
import { databaseChecks } from './checks/database/checks.ts';
import { openAiChecks } from './checks/generator.ts';
import { page } from './checks/page.ts';
import { readers } from './checks/readers.ts';
import { crossOrigin, service } from './checks/running-cafe.ts';
import { sitemap } from './checks/sitemap.ts';

/** What to check besides the configuration. */
export interface DoctorTargets {
  /** A page of the blog. */
  site: URL | undefined;
  /** The URL of the running service, without a slash at its end. */
  service: string | undefined;
}

/** The checks that apply to an environment. */
export interface OpenChecks {
  checks: Check[];
  /** Values that must not be printed. */
  secrets: string[];
  close(): Promise<void>;
}

/** If the environment is invalid, only the checks of the web page and of the service remain. */
export async function openChecks(
  env: Readonly<Record<string, string | undefined>>,
  targets: DoctorTargets,
  clock: Clock,
): Promise<OpenChecks> {
  const secrets = secretsIn(env);
  let config: Config;
  try {
    config = loadConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const checks = [unusableConfiguration(error.problems), ...webChecks(targets, undefined, [])];
    return { checks, secrets, close: async () => {} };
  }
  const store = await openStore(config, () => {});
  const database = await databaseChecks(config.database);
  const probe = config.store.kind === 's3' ? probeOf(config as S3Config) : undefined;
  const { dearestMicroUsd } = await openGenerator(config.generator, {
    clock,
    notice: () => {},
    watch: UNWATCHED,
  });
  return {
    checks: [
      configuration(config, dearestMicroUsd),
      ...(probe ? bucketChecks(config as S3Config, probe, store) : [scratch(config, store)]),
      ...database.checks,
      ...generatorChecks(config),
      countries(config),
      ...(config.purchase.sitemapUrl ? [sitemap(config, targets.site)] : []),
      ...webChecks(targets, exampleImageUrl(config, store), config.allowedOrigins),
      ...readerChecks(config, targets),
    ],
    secrets,
    async close() {
      probe?.close();
      await database.close();
      await store.close?.();
    },
  };
}

function probeOf({ store, recordsPrefix }: S3Config): S3BucketProbe {
  const { accessKeyId, secretAccessKey, bucket, region, endpoint, forcePathStyle } = store;
  return new S3BucketProbe({
    bucket,
    region,
    endpoint,
    forcePathStyle,
    credentials: { accessKeyId, secretAccessKey },
    scratchPrefix: `${recordsPrefix}/scratch`,
    timeoutMs: store.readTimeoutMs,
    trialTimeoutMs: store.writeTimeoutMs,
  });
}

function bucketChecks(config: S3Config, probe: S3BucketProbe, store: ImageStore): Check[] {
  return [
    bucketAccess(config, probe),
    clockSkew(probe),
    listing(config, probe),
    missingImage(config, probe),
    scratch(config, store),
    conditionalWrites(probe),
    takingDown(config, store),
    publicImages(config, probe, store),
    privateRecords(config, probe, store),
    privateListing(config, probe),
    ownership(probe),
    lifecycle(config, probe, store),
  ];
}

function generatorChecks(config: Config): Check[] {
  if (config.generator.kind !== 'openai') return [];
  return openAiChecks(config as ConfigOf<'generator', 'openai'>);
}

/** The service reports the reader's country only to requests with the admin token. */
function readerChecks({ admin, locator }: Config, targets: DoctorTargets): Check[] {
  const isLocated = !['fixed', 'none'].includes(locator.kind);
  return targets.service && admin.token && isLocated ? [readers(targets.service, admin.token)] : [];
}

function webChecks(
  targets: DoctorTargets,
  picture: string | undefined,
  allowedOrigins: readonly string[],
): Check[] {
  const { site } = targets;
  const checks: Check[] = [];
  if (targets.service) {
    const origins = new Set(site ? [...allowedOrigins, site.origin] : allowedOrigins);
    checks.push(service(targets.service), crossOrigin(targets.service, [...origins]));
  }
  if (site) checks.push(page(site, { service: targets.service, picture }));
  return checks;
}

/** The image need not exist: only its origin matters. */
function exampleImageUrl({ imagePrefix }: Config, store: ImageStore): string {
  const keys = new ImageKeys(imagePrefix);
  return store.urlFor(keys.page({ type: 'index', path: '/' }, undefined));
}
