import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { Container, ContainerModule, type ServiceIdentifier } from 'inversify';
import packageJson from '../../package.json' with { type: 'json' };
import { ObjectStoreBudgetLedger } from '../adapters/budget-ledger/object-store.ts';
import { SystemClock } from '../adapters/clock/system.ts';
import { PinoJournal } from '../adapters/journal/pino.ts';
import { FallBack } from '../domain/fall-back.ts';
import { ImageKeys } from '../domain/image-key.ts';
import { KeepPicture } from '../domain/keep-picture.ts';
import { KnownPages } from '../domain/known-pages.ts';
import { MakePicture } from '../domain/make-picture.ts';
import { PicturePool } from '../domain/picture-pool.ts';
import type { BudgetLedger } from '../domain/ports/budget-ledger.ts';
import type { Clock } from '../domain/ports/clock.ts';
import type { GeoLocator } from '../domain/ports/geo-locator.ts';
import type { ImageGenerator } from '../domain/ports/image-generator.ts';
import type { ImageStore } from '../domain/ports/image-store.ts';
import type { Journal } from '../domain/ports/journal.ts';
import { ServePageImage } from '../domain/serve-page-image.ts';
import { Slots } from '../domain/slots.ts';
import type { GeneratorConfig, LocatorConfig, StoreConfig } from './adapter-config.ts';
import type { Cafe } from './cafe.ts';
import type { Config } from './config.ts';
import { readBuiltPages } from './http/built-pages.ts';
import { readElementFiles } from './http/element-assets.ts';
import { createLogger, type LogDestination } from './log.ts';

type Notice = (message: string, details: Record<string, unknown>) => void;

const token = <T>(name: string): ServiceIdentifier<T> => Symbol(name);
const T = {
  clock: token<Clock>('Clock'),
  journal: token<Journal>('Journal'),
  notice: token<Notice>('Notice'),
  keys: token<ImageKeys>('ImageKeys'),
  store: token<ImageStore>('ImageStore'),
  generator: token<ImageGenerator>('ImageGenerator'),
  locator: token<GeoLocator>('GeoLocator'),
  ledger: token<BudgetLedger>('BudgetLedger'),
  makePicture: token<MakePicture>('MakePicture'),
  pool: token<PicturePool>('PicturePool'),
  keepPicture: token<KeepPicture>('KeepPicture'),
  fallBack: token<FallBack>('FallBack'),
  servePageImage: token<ServePageImage>('ServePageImage'),
};

/**
 * The whole service, wired for a configuration. Where the store, the generator and the locator come
 * from is all that differs between a laptop and production; only what is chosen is loaded.
 *
 * @throws what an adapter cannot open, such as a country database that is not there
 */
export async function openCafe(config: Config, logTo?: LogDestination): Promise<Cafe> {
  const logger = createLogger(config, logTo);
  const container = new Container({ defaultScope: 'Singleton' });
  await container.load(adapters(config, new PinoJournal(logger)), useCases(config));
  const [store, generator, pool, servePageImage] = await Promise.all([
    container.getAsync(T.store),
    container.getAsync(T.generator),
    container.getAsync(T.pool),
    container.getAsync(T.servePageImage),
  ]);
  return {
    config,
    logger,
    store,
    pool,
    servePageImage,
    keys: container.get(T.keys),
    about: {
      name: packageJson.name,
      version: packageJson.version,
      store: { kind: config.store.kind, location: locationOf(config.store) },
      generator: { kind: config.generator.kind, model: generator.model },
      locator: { kind: config.locator.kind },
      dailyBudget: config.dailyBudget,
    },
    blogPages: config.production ? new Map() : await readBuiltPages(BLOG_PAGES),
    elementFiles: await readElementFiles(ELEMENT),
    close: () => container.unbindAllAsync(),
  };
}

const BLOG_PAGES = fileURLToPath(new URL('../../dist/site', import.meta.url));
const ELEMENT = fileURLToPath(new URL('../../bytesized-cafe-app', import.meta.url));

function adapters(config: Config, journal: Journal): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(T.clock).toConstantValue(new SystemClock());
    bind(T.journal).toConstantValue(journal);
    bind(T.notice).toConstantValue((message, details) =>
      journal.record({ event: 'notice', message, details }),
    );
    bind(T.store)
      .toResolvedValue((notice) => openStore(config.store, notice), [T.notice])
      .onDeactivation((store) => store.close());
    bind(T.generator).toResolvedValue(
      (clock, notice) => openGenerator(config.generator, clock, notice),
      [T.clock, T.notice],
    );
    bind(T.locator).toResolvedValue(
      (clock, notice) => openLocator(config.locator, clock, notice),
      [T.clock, T.notice],
    );
    bind(T.ledger).toResolvedValue(
      (store, keys, clock) =>
        new ObjectStoreBudgetLedger({
          store,
          keys,
          clock,
          recordsPrefix: config.recordsPrefix,
          dailyLimit: config.dailyBudget,
        }),
      [T.store, T.keys, T.clock],
    );
  });
}

function useCases(config: Config): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(T.keys).toConstantValue(new ImageKeys(config.imagePrefix));
    bind(T.makePicture).toResolvedValue(
      (ledger, generator, clock, journal) => {
        const slots = new Slots(config.maxConcurrentGenerations);
        return new MakePicture({ ledger, generator, slots, clock, journal });
      },
      [T.ledger, T.generator, T.clock, T.journal],
    );
    bind(T.pool).toResolvedValue(
      (store, keys, clock, journal) => new PicturePool({ store, keys, clock, journal }),
      [T.store, T.keys, T.clock, T.journal],
    );
    bind(T.keepPicture).toResolvedValue(
      (store, keys, pool, clock, journal) => new KeepPicture({ store, keys, pool, clock, journal }),
      [T.store, T.keys, T.pool, T.clock, T.journal],
    );
    bind(T.fallBack).toResolvedValue(
      (store, pool, journal) => new FallBack({ store, pool, journal }),
      [T.store, T.pool, T.journal],
    );
    bind(T.servePageImage).toResolvedValue(
      (locator, store, keys, makePicture, keepPicture, fallBack, clock, journal) =>
        new ServePageImage({
          locator,
          store,
          keys,
          makePicture,
          keepPicture,
          fallBack,
          journal,
          known: new KnownPages({
            clock,
            freshMs: config.pageCacheTtlMs,
            capacity: config.pageCacheMaxPages,
          }),
          fallBackOnUpstreamError: config.fallBackOnUpstreamError,
        }),
      [T.locator, T.store, T.keys, T.makePicture, T.keepPicture, T.fallBack, T.clock, T.journal],
    );
  });
}

async function openStore(config: StoreConfig, notice: Notice): Promise<ImageStore> {
  switch (config.kind) {
    case 's3': {
      const { S3ImageStore } = await import('../adapters/image-store/s3.ts');
      const { accessKeyId, secretAccessKey, ...rest } = config;
      return new S3ImageStore({ ...rest, credentials: { accessKeyId, secretAccessKey }, notice });
    }
    case 'filesystem': {
      const { FilesystemImageStore } = await import('../adapters/image-store/filesystem.ts');
      return new FilesystemImageStore(config);
    }
    case 'memory': {
      const { MemoryImageStore } = await import('../adapters/image-store/memory.ts');
      return new MemoryImageStore(config);
    }
  }
}

async function openGenerator(
  config: GeneratorConfig,
  clock: Clock,
  notice: Notice,
): Promise<ImageGenerator> {
  if (config.kind === 'sketch') {
    const { SketchImageGenerator } = await import('../adapters/image-generator/sketch.ts');
    return new SketchImageGenerator();
  }
  const { OpenAiImageGenerator } = await import('../adapters/image-generator/openai.ts');
  return new OpenAiImageGenerator({ ...config, clock, notice });
}

async function openLocator(
  config: LocatorConfig,
  clock: Clock,
  notice: Notice,
): Promise<GeoLocator> {
  switch (config.kind) {
    case 'country-is': {
      const { CountryIsGeoLocator } = await import('../adapters/geo-locator/country-is.ts');
      return new CountryIsGeoLocator({ ...config, clock, notice });
    }
    case 'mmdb': {
      const { MmdbGeoLocator } = await import('../adapters/geo-locator/mmdb.ts');
      return MmdbGeoLocator.open(config.file ?? fileURLToPath(import.meta.resolve(BUNDLED)));
    }
    case 'header': {
      const { HeaderGeoLocator } = await import('../adapters/geo-locator/header.ts');
      return new HeaderGeoLocator(config.header);
    }
    case 'fixed':
    case 'none': {
      const { FixedGeoLocator } = await import('../adapters/geo-locator/fixed.ts');
      return new FixedGeoLocator(config.kind === 'fixed' ? config.country : undefined);
    }
  }
}

const BUNDLED = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';

function locationOf(store: StoreConfig): string {
  if (store.kind === 's3') return store.bucket;
  return store.kind === 'filesystem' ? store.root : 'memory';
}
