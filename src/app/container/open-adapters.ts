import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import packageJson from '../../../package.json' with { type: 'json' };
import type { RefusedModels } from '../../adapters/image-generator/model-chain.ts';
import type { PrometheusJournal } from '../../adapters/journal/prometheus.ts';
import type { Readings } from '../../adapters/journal/prometheus-readings.ts';
import type { OpenTelemetryTracing } from '../../adapters/tracing/opentelemetry.ts';
import type { GeoLocator } from '../../domain/countries/geo-locator.ts';
import type { ImageGenerator } from '../../domain/generation/image-generator.ts';
import type { RenditionMaker } from '../../domain/images/rendition-maker.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import { GenerationError } from '../../domain/kernel/errors.ts';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { Alerts } from '../../domain/monitoring/alerts.ts';
import type { Journal } from '../../domain/monitoring/journal.ts';
import type { UpstreamWatch } from '../../domain/monitoring/upstream-health.ts';
import type { PageList } from '../../domain/pages/page-list.ts';
import type { ImageStore } from '../../domain/storage/image-store.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import type { GeneratorConfig, LocatorConfig, StoreConfig } from '../config/adapter-config.ts';
import type { Config } from '../config/config.ts';
import type { TracesConfig } from '../config/monitoring-config.ts';
import { publicAddress } from '../http/client-address.ts';

export async function openStore(
  { store: config, recordsPrefix }: Config,
  notice: Notice,
): Promise<ImageStore> {
  switch (config.kind) {
    case 's3': {
      const { S3ImageStore } = await import('../../adapters/image-store/s3.ts');
      const { accessKeyId, secretAccessKey, spoolFolder: _, ...rest } = config;
      const credentials = { accessKeyId, secretAccessKey };
      const scratchPrefix = `${recordsPrefix}/scratch`;
      return new S3ImageStore({ ...rest, credentials, scratchPrefix, notice });
    }
    case 'filesystem': {
      const { FilesystemImageStore } = await import('../../adapters/image-store/filesystem.ts');
      return new FilesystemImageStore({ ...config, notice });
    }
    case 'memory': {
      const { MemoryImageStore } = await import('../../adapters/image-store/memory.ts');
      return new MemoryImageStore(config);
    }
  }
}

/** The spool for images the store rejected. A filesystem store needs none. */
export async function openSpool(config: StoreConfig): Promise<ObjectStore | undefined> {
  if (config.kind !== 's3' || !config.spoolFolder) return undefined;
  const { FilesystemImageStore } = await import('../../adapters/image-store/filesystem.ts');
  const root = join(config.spoolFolder, 'unstored');
  return new FilesystemImageStore({ root, publicBaseUrl: pathToFileURL(root).href });
}

/** Failures in a row until calls are paused. */
const GENERATOR_FAILURES = 5;
const LOCATOR_FAILURES = 3;
/** Milliseconds; equals the time a failed lookup of an address is cached. */
const LOCATOR_PAUSE_MS = 30_000;

/** Dependencies of the upstream adapters. */
interface UpstreamDeps {
  clock: Clock;
  notice: Notice;
  /** Reports success at once for an adapter that makes no calls and so never fails. */
  watch: UpstreamWatch;
}

interface GeneratorDeps extends UpstreamDeps {
  /** Keeps unavailable models across restarts. */
  refusedModels?: RefusedModels;
}

export async function openGenerator(
  config: GeneratorConfig,
  { clock, notice, watch, refusedModels }: GeneratorDeps,
): Promise<ImageGenerator> {
  if (config.kind === 'sketch') {
    const { SketchImageGenerator } = await import('../../adapters/image-generator/sketch.ts');
    watch.succeeded();
    return new SketchImageGenerator();
  }
  const { OpenAiImageGenerator } = await import('../../adapters/image-generator/openai.ts');
  const { BreakingImageGenerator, GenerationFailures, isCostly } = await import(
    '../../adapters/image-generator/breaking.ts'
  );
  const { CockatielCircuitBreaker } = await import('../../adapters/circuit-breaker/cockatiel.ts');
  const { pauseMs } = config;
  const failures = new GenerationFailures();
  const breaker = new CockatielCircuitBreaker({
    failuresInARow: GENERATOR_FAILURES,
    pauseMs,
    weigh: (error) => failures.weigh(error),
    isCostly,
    changed: (isPaused, cause) => {
      watch.paused(isPaused);
      const message = isPaused
        ? 'the image generator is paused after failures'
        : 'the image generator works again';
      const reason = cause instanceof GenerationError ? cause.reason : undefined;
      notice(message, isPaused ? { pauseMs, reason } : {});
    },
    clock,
  });
  const { downloadImage } = await import('../../adapters/image-generator/image-download.ts');
  const mayConnect = (address: string) => publicAddress(address) !== undefined;
  const generator = new OpenAiImageGenerator({
    ...config,
    clock,
    notice,
    refusedModels,
    download: (url) => downloadImage(url, { mayConnect }),
  });
  return new BreakingImageGenerator(generator, breaker, failures, watch);
}

const BUNDLED = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';

export async function openLocator(
  config: LocatorConfig,
  { clock, notice, watch }: UpstreamDeps,
): Promise<GeoLocator> {
  if (config.kind === 'country-is') {
    const { CountryIsGeoLocator } = await import('../../adapters/geo-locator/country-is.ts');
    const { CockatielCircuitBreaker } = await import('../../adapters/circuit-breaker/cockatiel.ts');
    const breaker = new CockatielCircuitBreaker({
      failuresInARow: LOCATOR_FAILURES,
      pauseMs: LOCATOR_PAUSE_MS,
      weigh: () => 'counts',
      changed: (isPaused) => watch.paused(isPaused),
      clock,
    });
    return new CountryIsGeoLocator({ ...config, clock, notice, breaker, watch });
  }
  const locator = await openLocatorHere(config);
  watch.succeeded();
  return locator;
}

/** Opens a locator that makes no outbound calls. */
async function openLocatorHere(
  config: Exclude<LocatorConfig, { kind: 'country-is' }>,
): Promise<GeoLocator> {
  switch (config.kind) {
    case 'mmdb': {
      const { MmdbGeoLocator } = await import('../../adapters/geo-locator/mmdb.ts');
      return MmdbGeoLocator.open(config.file ?? fileURLToPath(import.meta.resolve(BUNDLED)));
    }
    case 'header': {
      const { HeaderGeoLocator } = await import('../../adapters/geo-locator/header.ts');
      return new HeaderGeoLocator(config.header);
    }
    case 'fixed':
    case 'none': {
      const { FixedGeoLocator } = await import('../../adapters/geo-locator/fixed.ts');
      return new FixedGeoLocator(config.kind === 'fixed' ? config.country : undefined);
    }
  }
}

export async function openRenditionMaker(): Promise<RenditionMaker> {
  const { SharpRenditionMaker } = await import('../../adapters/rendition-maker/sharp.ts');
  return new SharpRenditionMaker();
}

/** Metrics for Prometheus, besides the log. */
export async function openMetrics(readings: Readings): Promise<PrometheusJournal> {
  const { PrometheusJournal } = await import('../../adapters/journal/prometheus.ts');
  return new PrometheusJournal(readings);
}

export async function openAlerts(url: string, clock: Clock): Promise<Alerts> {
  const { WebhookAlerts } = await import('../../adapters/alerts/webhook.ts');
  return new WebhookAlerts({ url, clock });
}

export async function openTracing(
  config: TracesConfig,
  version: string,
  journal: Journal,
): Promise<OpenTelemetryTracing> {
  const { OpenTelemetryTracing } = await import('../../adapters/tracing/opentelemetry.ts');
  const notice: Notice = (message, details) =>
    journal.record({ event: 'notice', message, details });
  return new OpenTelemetryTracing({ ...config, version, notice });
}

const DEMO_SITEMAP = fileURLToPath(new URL('../../../dist/site/sitemap.xml', import.meta.url));

/** The owner's sitemap. In development, if none is configured, the demo blog's sitemap. */
export async function openPageList({
  production,
  purchase,
}: Config): Promise<PageList | undefined> {
  const url = purchase.sitemapUrl;
  if (url) {
    const { SitemapPageList } = await import('../../adapters/page-list/sitemap.ts');
    const mayConnect = (address: string) =>
      publicAddress(address) !== undefined || (!production && isLoopback(address));
    // The contact in the user agent is the site itself, because its owner also runs this service.
    const userAgent = `bytesized-cafe/${packageJson.version} (+${new URL(url).origin})`;
    return new SitemapPageList({ url, userAgent, mayConnect });
  }
  if (production) return undefined;
  const { SitemapFilePageList } = await import('../../adapters/page-list/sitemap/file.ts');
  return new SitemapFilePageList(DEMO_SITEMAP);
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

export function locationOf(store: StoreConfig): string {
  if (store.kind === 's3') return store.bucket;
  return store.kind === 'filesystem' ? store.root : 'memory';
}
