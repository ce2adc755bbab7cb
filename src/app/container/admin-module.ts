import { randomBytes } from 'node:crypto';
import type { ContainerModule } from 'inversify';
import type { Config } from '../config/config.ts';
import { createAdmin } from '../http/admin/admin-services.ts';
import { bindings } from './bindings.ts';
import { T } from './tokens.ts';

/** The admin; absent in production without a token. */
export function adminModule(config: Config): ContainerModule {
  return bindings(({ value, resolve }) => {
    const configured = config.admin.token;
    const madeToken =
      configured || config.production ? undefined : randomBytes(24).toString('base64url');
    const token = configured ?? madeToken;
    if (!token) {
      value(T.admin, undefined);
      return;
    }
    resolve(
      T.admin,
      {
        store: T.store,
        keys: T.keys,
        names: T.names,
        locator: T.locator,
        claims: T.claims,
        placementIndex: T.placementIndex,
        pool: T.pool,
        changePageImage: T.changePageImage,
        beingHidden: T.beingHidden,
        known: T.known,
        renditionUrls: T.renditionUrls,
        regeneratePage: T.regeneratePage,
        generateImage: T.generateImage,
        generator: T.generator,
        pageList: T.pageList,
        history: T.history,
        control: T.control,
        unstored: T.unstored,
        health: T.health,
        room: T.room,
        clock: T.clock,
        journal: T.journal,
        studio: T.studio,
      },
      (deps) => createAdmin(config, deps, { token, madeToken }),
    );
  });
}
