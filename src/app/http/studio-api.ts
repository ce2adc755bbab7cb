import type { Middleware } from 'koa';
import type { Cafe } from '../cafe.ts';
import { addAccountRoutes } from './accounts/account-routes.ts';
import { authentication } from './accounts/authentication.ts';
import type { OriginPolicy } from './cors.ts';
import { v1Api } from './v1/v1-api.ts';

/** Everything below `/v1`. */
export function studioApi(
  { config, requestCounts, logger }: Cafe,
  studio: NonNullable<Cafe['studio']>,
  origins: OriginPolicy,
): Middleware {
  return v1Api({
    origins,
    counts: requestCounts,
    logger,
    open: async () => {
      const { accounts, manageKeys, authenticate, spending, limits, clock } = await studio.open();
      const usageOf = (account: string) => spending.of(account, clock.now());
      return {
        authentication: authentication({ authenticate, trust: config.proxy }),
        rooms: [
          (router) => addAccountRoutes(router, { accounts, manageKeys, limits, usageOf, clock }),
        ],
      };
    },
  });
}
