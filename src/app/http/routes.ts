import Router from '@koa/router';
import type Koa from 'koa';
import type { Cafe } from '../cafe.ts';
import { ACCOUNT_OPERATIONS } from './accounts/operations.ts';
import { adminApi } from './admin/admin-api.ts';
import { AdminGate, cookieName } from './admin/admin-gate.ts';
import { adminPage } from './admin/admin-page.ts';
import type { AdminRoute } from './admin/admin-route.ts';
import { adminRoutes } from './admin/admin-routes.ts';
import type { Admin } from './admin/admin-services.ts';
import { adminOpenApiRoute } from './admin/openapi-route.ts';
import { adminOperations } from './admin/operations.ts';
import { PATH as GENERATE, generateRoute, type ImagePresenter } from './cafe/generate-route.ts';
import { cafeOperations } from './cafe/operations.ts';
import { PATH as IMAGE, pageImageRoute } from './cafe/page-image-route.ts';
import { placeholders } from './cafe/placeholders.ts';
import { storedImageRoute } from './cafe/stored-image-route.ts';
import { cors, type OriginPolicy, options } from './cors.ts';
import { builtPages } from './files/built-pages.ts';
import { embedAssets } from './files/embed-assets.ts';
import { type OpenApiDocument, openApiDocument } from './openapi/document.ts';
import { openApiRoute } from './openapi/openapi-route.ts';
import type { Operation } from './openapi/operation.ts';
import { metricsRoute } from './operations/metrics-route.ts';
import { serviceOperations } from './operations/operations.ts';
import { readyRoute } from './operations/ready-route.ts';
import type { studioApi } from './studio-api.ts';
import { whenAsked } from './when-asked.ts';

/** The path of the API with accounts. */
const V1_ROOT = '/v1';

/** Registers every route. */
export function addRoutes(app: Koa, cafe: Cafe, parts: Parts): void {
  const { config, store, admin, studio } = cafe;
  const imageOrigin = new URL(store.urlFor('any')).origin;
  const router = publicRouter(cafe, parts);

  if (admin) {
    const gate = new AdminGate({ ...admin, trust: config.proxy, isSecure: config.production });
    app.use(adminApi(everyAdminRoute(cafe, admin), gate));
    app.use(adminPage(cafe.adminFiles, imageOrigin));
  }
  if (studio) app.use(whenAsked(V1_ROOT, () => loadStudioApi(cafe, studio, parts.origins)));
  app.use(cors(GENERATE, parts.origins));
  app.use(router.routes());
  app.use(router.allowedMethods());
  app.use(placeholders(cafe.placeholders));
  app.use(embedAssets(cafe.elementFiles));
  if (!config.production) app.use(builtPages(cafe.blogPages, imageOrigin));
}

async function loadStudioApi(...parts: Parameters<typeof studioApi>): Promise<Koa.Middleware> {
  const { studioApi } = await import('./studio-api.ts');
  return studioApi(...parts);
}

interface RouterParts {
  present: ImagePresenter;
  /** Listens while the service accepts new requests. */
  server: { readonly listening: boolean };
}

interface Parts extends RouterParts {
  origins: OriginPolicy;
}

/** The public routes, except files. Each folder's `operations.ts` documents the same routes. */
export function publicRouter(cafe: Cafe, { present, server }: RouterParts): Router {
  const { config, servePageImage, findPageImage, names, renditionUrls, store, keys, metrics } =
    cafe;
  const router = new Router({ strict: true, sensitive: true });

  router.get('/health', (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { status: 'ok' };
  });
  router.get('/ready', readyRoute(cafe.readiness, server));
  if (metrics) router.get('/metrics', metricsRoute(metrics, config.watching.metricsToken));
  router.get(
    '/openapi.json',
    openApiRoute(() => describeApi(cafe, [])),
  );

  const answering = {
    servePageImage,
    names,
    present,
    trust: config.proxy,
    counts: cafe.requestCounts,
  };
  router.post(GENERATE, generateRoute(answering));
  router.options(GENERATE, options);
  router.get(IMAGE, pageImageRoute(findPageImage, names, renditionUrls, config.proxy));

  if (config.store.kind !== 's3') {
    router.get('/images/{*key}', storedImageRoute(store, keys));
  }
  if (!config.production) {
    router.get('/api/cafe/about', (ctx) => {
      ctx.body = cafe.about;
    });
  }
  return router;
}

function everyAdminRoute(cafe: Cafe, admin: Admin): AdminRoute[] {
  const routes: AdminRoute[] = [
    ...adminRoutes(admin),
    adminOpenApiRoute(() => describeApi(cafe, adminOperations(routes))),
  ];
  return routes;
}

/** The served routes as OpenAPI operations, with the admin's route table. */
function describeApi(
  { about, config, metrics, studio }: Cafe,
  ofAdmin: readonly Operation[],
): OpenApiDocument {
  const { production, store, watching } = config;
  const metricsAreGuarded = metrics && watching.metricsToken !== undefined;
  const operations = [
    ...cafeOperations({ hasStoredImages: store.kind !== 's3' }),
    ...serviceOperations({ metricsAreGuarded, production }),
    ...(studio ? ACCOUNT_OPERATIONS : []),
    ...ofAdmin,
  ];
  return openApiDocument(operations, {
    version: about.version,
    cookie: cookieName(production),
  });
}
