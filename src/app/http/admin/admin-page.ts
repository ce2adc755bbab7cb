import type { Context, Middleware } from 'koa';
import {
  type CompressedFiles,
  readCompressedFiles,
  sendCompressed,
} from '../files/compressed-files.ts';
import { contentPolicy } from '../files/content-policy.ts';

const ROOT = '/admin';
const PAGE = `${ROOT}/index.html`;
const ASSETS = `${ROOT}/assets/`;

/** Browser features that the page does not use and must not get. */
const PERMISSIONS = ['camera', 'geolocation', 'microphone', 'payment', 'usb'];

/** Reads the built admin page; empty if it was not built. */
export function readAdminFiles(folder: string): Promise<CompressedFiles> {
  return readCompressedFiles(folder, ROOT);
}

/**
 * The admin page, at every path below `/admin/` that is not a file: the page does its own routing.
 * It contains no secrets, which are all behind the API's gate.
 *
 * @param imageOrigin origin of the images
 */
export function adminPage(files: CompressedFiles, imageOrigin: string): Middleware {
  const policy = contentPolicy(
    [imageOrigin, 'data:', 'blob:'],
    // Lit creates its templates under its own policy. No other code may.
    ["require-trusted-types-for 'script'", 'trusted-types lit-html'],
  );
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next();
    if (ctx.path === ROOT) {
      ctx.status = 308;
      ctx.redirect(`${ROOT}/${ctx.search}`);
      return;
    }
    const file = files.get(ctx.path) ?? (isOfPage(ctx) ? files.get(PAGE) : undefined);
    if (!file) return next();
    ctx.set('Content-Security-Policy', policy);
    ctx.set('Cross-Origin-Opener-Policy', 'same-origin');
    ctx.set('Permissions-Policy', PERMISSIONS.map((name) => `${name}=()`).join(', '));
    await sendCompressed(ctx, file);
  };
}

/** Missing parts of the admin page, one line each. */
export function gapsInAdminPage(files: CompressedFiles): string[] {
  return files.has(PAGE) ? [] : ['dist/admin/ is not built: /admin/ answers 404 (npm run build)'];
}

function isOfPage({ path }: Context): boolean {
  return path.startsWith(`${ROOT}/`) && !path.startsWith(ASSETS);
}
