import type { Middleware } from 'koa';
import type { BuiltPages } from '../files/built-pages.ts';
import { isNotModified, label } from '../files/cache-labels.ts';

/** The path of the placeholders; their names are those of their files. */
const PUBLISHED_AT = '/api/cafe';
export const PLACEHOLDER = `${PUBLISHED_AT}/placeholder.png`;
export const PLACEHOLDER_CARD = `${PUBLISHED_AT}/placeholder-card.jpg`;

/** Serves placeholder images to pages of any origin. */
export function placeholders(files: BuiltPages): Middleware {
  return async (ctx, next) => {
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
    const isThere = [PLACEHOLDER, PLACEHOLDER_CARD].includes(ctx.path);
    const file = isRead && isThere && files.get(ctx.path.slice(PUBLISHED_AT.length));
    if (!file) return next();
    label(ctx, file);
    ctx.set('X-Robots-Tag', 'noindex');
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    if (isNotModified(ctx)) return;
    ctx.type = file.type;
    ctx.body = file.body;
  };
}
