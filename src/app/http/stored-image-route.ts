import type { Middleware } from 'koa';
import type { ImageKeys } from '../../domain/image-key.ts';
import type { ObjectHead, ObjectStore } from '../../domain/ports/object-store.ts';
import { isNotModified, label } from './cache-labels.ts';
import { Refusal } from './refusal.ts';

/**
 * `GET /images/{key}`: pictures of a store that has no web server of its own. Only keys of pictures
 * are served, so that no path leads to records or out of the store.
 */
export function storedImageRoute(store: ObjectStore, keys: ImageKeys): Middleware {
  return async (ctx) => {
    const key = String(ctx.params.key);
    const head = keys.parse(key) && (await store.head(key));
    if (!head) throw notFound();
    label(ctx, labelsOf(head));
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    if (isNotModified(ctx)) return;
    const object = await store.get(key);
    if (!object) throw notFound();
    // It may have been replaced since it was looked up: bytes go with their own labels.
    label(ctx, labelsOf(object));
    ctx.type = object.contentType;
    ctx.body = Buffer.from(object.bytes.buffer, object.bytes.byteOffset, object.bytes.byteLength);
  };
}

function labelsOf({ etag, cacheControl = 'no-cache' }: ObjectHead) {
  return { etag, cacheControl };
}

function notFound(): Refusal {
  return new Refusal('not_found', 'There is no such picture.');
}
