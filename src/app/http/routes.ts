import Router from '@koa/router';
import type Koa from 'koa';
import type { Cafe } from '../cafe.ts';
import { adminApi } from './admin/admin-api.ts';
import { AdminGate } from './admin/admin-gate.ts';
import { adminRoutes } from './admin/admin-routes.ts';
import { builtPages } from './built-pages.ts';
import { cors, preflight } from './cors.ts';
import { elementAssets } from './element-assets.ts';
import { generateRoute } from './generate-route.ts';
import { storedImageRoute } from './stored-image-route.ts';

const GENERATE = '/api/cafe/generate';

/** Every route there is. */
export function addRoutes(app: Koa, cafe: Cafe): void {
  const { config, servePageImage, store, keys, about, blogPages, elementFiles, admin } = cafe;
  const router = new Router({ strict: true, sensitive: true });

  router.get('/health', (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { status: 'ok' };
  });

  router.post(GENERATE, generateRoute(servePageImage, config.proxy));
  router.options(GENERATE, preflight);

  if (config.store.kind !== 's3') {
    router.get('/images/{*key}', storedImageRoute(store, keys));
  }
  if (!config.production) {
    router.get('/api/cafe/about', (ctx) => {
      ctx.body = about;
    });
  }

  if (admin) {
    const gate = new AdminGate({ ...admin, trust: config.proxy, isSecure: config.production });
    app.use(adminApi(adminRoutes(admin), gate));
  }
  app.use(cors(GENERATE, config.allowedOrigins));
  app.use(router.routes());
  app.use(router.allowedMethods());
  app.use(elementAssets(elementFiles));
  if (!config.production) {
    const imageOrigin = new URL(store.urlFor('any')).origin;
    app.use(builtPages(blogPages, imageOrigin));
  }
}
