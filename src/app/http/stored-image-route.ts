import type { Middleware } from 'koa';
import type { ImageKeys } from '../../domain/image-key.ts';
import type { ObjectStore } from '../../domain/ports/object-store.ts';
import { Refusal } from './refusal.ts';

/**
 * `GET /images/{key}`: pictures of a store that has no web server of its own. Only keys of pictures
 * are served, so that no path leads to records or out of the store.
 */
export function storedImageRoute(store: ObjectStore, keys: ImageKeys): Middleware {
  return async (ctx) => {
    const key = String(ctx.params.key);
    const head = keys.parse(key) && (await store.head(key));
    if (!head) throw new Refusal('not_found', 'There is no such picture.');
    ctx.set('ETag', head.etag);
    if (head.cacheControl) ctx.set('Cache-Control', head.cacheControl);
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.status = 200;
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.type = head.contentType;
    const object = await store.get(key);
    if (!object) throw new Refusal('not_found', 'There is no such picture.');
    ctx.body = Buffer.from(object.bytes.buffer, object.bytes.byteOffset, object.bytes.byteLength);
  };
}
