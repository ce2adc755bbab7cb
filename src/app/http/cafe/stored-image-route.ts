import { Readable } from 'node:stream';
import type { Context, Middleware } from 'koa';
import type { ImageKeys } from '../../../domain/storage/image-keys.ts';
import type { ImageStore } from '../../../domain/storage/image-store.ts';
import type { ObjectHead } from '../../../domain/storage/object-store.ts';
import { isNotModified, label } from '../files/cache-labels.ts';
import { Refusal } from '../refusal.ts';

/**
 * `GET /images/{key}`: pictures of a store that has no web server of its own. Only keys of pictures
 * are served, so that no path leads to records or out of the store.
 */
export function storedImageRoute(store: ImageStore, keys: ImageKeys): Middleware {
  return async (ctx) => {
    const key = String(ctx.params.key);
    const head = keys.parse(key) && (await store.head(key));
    if (!head) throw notFound();
    label(ctx, labelsOf(head));
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    if (isNotModified(ctx)) return;
    if (store.pieces) {
      sendPieces(ctx, head, store.pieces(head));
      return;
    }
    const object = await store.get(key);
    if (!object) throw notFound();
    // It may have been replaced since it was looked up: bytes go with their own labels.
    label(ctx, labelsOf(object));
    ctx.type = object.contentType;
    ctx.body = Buffer.from(object.bytes.buffer, object.bytes.byteOffset, object.bytes.byteLength);
  };
}

/** Holds a piece or two, however slowly they are taken. */
function sendPieces(ctx: Context, head: ObjectHead, pieces: AsyncIterable<Uint8Array>): void {
  const body = Readable.from(pieces, { objectMode: false, highWaterMark: 1 });
  // What is missing of an answer cannot be said in it; it has to break off. Koa logs why.
  body.once('error', () => ctx.res.destroy());
  ctx.type = head.contentType;
  ctx.body = body;
  ctx.length = head.size;
}

function labelsOf({ etag, cacheControl = 'no-cache' }: ObjectHead) {
  return { etag, cacheControl };
}

function notFound(): Refusal {
  return new Refusal('not_found', 'There is no such picture.');
}
