import type { ContainerModule } from 'inversify';
import type {
  FollowedMethods,
  OpenTelemetryTracing,
} from '../../adapters/tracing/opentelemetry.ts';
import type { PageImage } from '../../domain/images/image-labels.ts';
import { bindings } from './bindings.ts';
import { T } from './tokens.ts';

const STORE: FollowedMethods = {
  calls: {
    head: 'store head',
    get: 'store get',
    put: 'store put',
    copy: 'store copy',
    delete: 'store delete',
  },
  lists: { list: 'store list' },
};

const outcome = (image: unknown) => (image as Partial<PageImage> | undefined)?.source;

/** What becomes a span, by what the container is asked for. */
const FOLLOWED = [
  {
    token: T.servePageImage,
    methods: { calls: { serve: 'serve' }, outcome },
  },
  {
    token: T.regeneratePage,
    methods: { calls: { rebrew: 'rebrew', obtain: 'warm' }, outcome },
  },
  { token: T.findPageImage, methods: { calls: { find: 'find' } } },
  { token: T.locator, methods: { calls: { locate: 'locate' } } },
  { token: T.claims, methods: { calls: { claim: 'claim', recall: 'recall claim' } } },
  { token: T.ledger, methods: { calls: { reserve: 'reserve' } } },
  { token: T.healingLedger, methods: { calls: { reserve: 'reserve' } } },
  { token: T.unpacedLedger, methods: { calls: { reserve: 'reserve' } } },
  { token: T.generator, methods: { calls: { generate: 'generate' } } },
  { token: T.storePageImage, methods: { calls: { keep: 'keep', recover: 'recover' } } },
  { token: T.renditionMaker, methods: { calls: { make: 'renditions' } } },
  { token: T.serveFallback, methods: { calls: { serve: 'fall back' } } },
  { token: T.store, methods: STORE },
] as const;

/** Has everything that takes time on a reader's way followed. */
export function tracingModule(tracing: OpenTelemetryTracing): ContainerModule {
  return bindings(({ wrap }) => {
    for (const { token, methods } of FOLLOWED) {
      wrap(token, (port) => tracing.follow(port, methods));
    }
  });
}
