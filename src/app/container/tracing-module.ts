import type { ContainerModule } from 'inversify';
import type {
  FollowedMethods,
  OpenTelemetryTracing,
} from '../../adapters/tracing/opentelemetry.ts';
import type { PageImage } from '../../domain/images/image-labels.ts';
import { bindings, type Token } from './bindings.ts';
import { T } from './tokens.ts';

/** The methods of a service and their span names. */
type Spans<S> = { readonly [Method in keyof S]?: string };

const outcome = (image: unknown) => (image as Partial<PageImage> | undefined)?.source;

/** Traces everything that takes time during a reader's request. */
export function tracingModule(tracing: OpenTelemetryTracing): ContainerModule {
  return bindings(({ wrap }) => {
    function follow<S extends object>(
      token: Token<S>,
      calls: Spans<S>,
      more: Partial<FollowedMethods> = {},
    ): void {
      const methods = { ...more, calls } as FollowedMethods;
      wrap(token, (service) => tracing.follow(service, methods));
    }

    follow(T.servePageImage, { serve: 'serve' }, { outcome });
    follow(T.regeneratePage, { regenerate: 'rebrew', obtain: 'warm' }, { outcome });
    follow(T.findPageImage, { find: 'find' });
    follow(T.locator, { locate: 'locate' });
    follow(T.claims, { claim: 'claim', recall: 'recall claim' });
    for (const ledger of [T.ledger, T.healingLedger, T.unpacedLedger]) {
      follow(ledger, { reserve: 'reserve' });
    }
    follow(T.generator, { generate: 'generate' });
    follow(T.storePageImage, { keep: 'keep', recover: 'recover' });
    follow(T.renditionMaker, { make: 'renditions' });
    follow(T.serveFallback, { serve: 'fall back' });
    follow(
      T.store,
      {
        head: 'store head',
        get: 'store get',
        put: 'store put',
        copy: 'store copy',
        delete: 'store delete',
      },
      { lists: { list: 'store list' } },
    );
  });
}
