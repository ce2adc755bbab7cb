import { Readable } from 'node:stream';
import type { Context, Middleware } from 'koa';
import type { ImageKeys } from '../../../domain/storage/image-keys.ts';
import type { ImageStore } from '../../../domain/storage/image-store.ts';
import type { ObjectHead } from '../../../domain/storage/object-store.ts';
import { isNotModified, label } from '../files/cache-labels.ts';
import { Refusal } from '../refusal.ts';

/**
 * `GET /images/{key}`: the images of a store without a web server. Serves image keys only, so that
 * no path leads to records or out of the store.
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
    // The object may have been replaced since the lookup, so use the labels that belong to the
    // bytes.
    label(ctx, labelsOf(object));
    ctx.type = object.contentType;
    ctx.body = Buffer.from(object.bytes.buffer, object.bytes.byteOffset, object.bytes.byteLength);
  };
}

/** Holds one or two chunks in memory, however slow the client is. */
function sendPieces(ctx: Context, head: ObjectHead, pieces: AsyncIterable<Uint8Array>): void {
  const body = Readable.from(pieces, { objectMode: false, highWaterMark: 1 });
  // A truncated response can only be signalled by closing the connection. Koa logs the cause.
  body.once('error', () => ctx.res.destroy());
  ctx.type = head.contentType;
  ctx.body = body;
  ctx.length = head.size;
}

function labelsOf({ etag, cacheControl = 'no-cache' }: ObjectHead) {
  return { etag, cacheControl };
}

function notFound(): Refusal {
  return new Refusal('not_found', 'No such picture.');
}
