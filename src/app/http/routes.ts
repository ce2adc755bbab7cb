import Router from '@koa/router';
import type Koa from 'koa';
import type { Cafe } from '../cafe.ts';
import { adminApi } from './admin/admin-api.ts';
import { AdminGate } from './admin/admin-gate.ts';
import { adminRoutes } from './admin/admin-routes.ts';
import { builtPages } from './built-pages.ts';
import { cors, type OriginPolicy, preflight } from './cors.ts';
import { elementAssets } from './element-assets.ts';
import { PATH as GENERATE, generateRoute, type ImagePresenter } from './generate-route.ts';
import { pageImageRoute } from './page-image-route.ts';
import { placeholders } from './placeholders.ts';
import { readyRoute } from './ready-route.ts';
import { storedImageRoute } from './stored-image-route.ts';

/** Every route there is. */
export function addRoutes(
  app: Koa,
  cafe: Cafe,
  {
    origins,
    present,
    isOpen,
  }: { origins: OriginPolicy; present: ImagePresenter; isOpen: () => boolean },
): void {
  const { config, servePageImage, findPageImage, renditionUrls, store, keys, admin } = cafe;
  const router = new Router({ strict: true, sensitive: true });

  router.get('/health', (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { status: 'ok' };
  });

  router.get('/ready', readyRoute(cafe.readiness, isOpen));

  router.post(GENERATE, generateRoute(servePageImage, present, config.proxy));
  router.options(GENERATE, preflight);
  router.get('/api/cafe/image', pageImageRoute(findPageImage, renditionUrls, config.proxy));

  if (config.store.kind !== 's3') {
    router.get('/images/{*key}', storedImageRoute(store, keys));
  }
  if (!config.production) {
    router.get('/api/cafe/about', (ctx) => {
      ctx.body = cafe.about;
    });
  }

  if (admin) {
    const gate = new AdminGate({ ...admin, trust: config.proxy, isSecure: config.production });
    app.use(adminApi(adminRoutes(admin), gate));
  }
  app.use(cors(GENERATE, origins));
  app.use(router.routes());
  app.use(router.allowedMethods());
  app.use(placeholders(cafe.placeholders));
  app.use(elementAssets(cafe.elementFiles));
  if (!config.production) {
    const imageOrigin = new URL(store.urlFor('any')).origin;
    app.use(builtPages(cafe.blogPages, imageOrigin));
  }
}
