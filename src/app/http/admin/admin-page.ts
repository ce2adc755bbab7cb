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

/** What the page is not to be given by a browser, though it never asks. */
const PERMISSIONS = ['camera', 'geolocation', 'microphone', 'payment', 'usb'];

/** Reads the folder that the admin page was built into; none, if it was not. */
export function readAdminFiles(folder: string): Promise<CompressedFiles> {
  return readCompressedFiles(folder, ROOT);
}

/**
 * The admin page, at every path below `/admin/` where there is no file: which view is shown is the
 * page's own matter. It holds nothing secret; that is all behind the API's gate.
 *
 * @param imageOrigin where the pictures come from
 */
export function adminPage(files: CompressedFiles, imageOrigin: string): Middleware {
  const policy = contentPolicy(
    [imageOrigin, 'data:', 'blob:'],
    // Lit makes its templates by a policy of its own; nobody else makes any.
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

/** What is missing for the owner to have the page, a line each. */
export function gapsInAdminPage(files: CompressedFiles): string[] {
  return files.has(PAGE) ? [] : ['dist/admin/ is not built: /admin/ answers 404 (npm run build)'];
}

function isOfPage({ path }: Context): boolean {
  return path.startsWith(`${ROOT}/`) && !path.startsWith(ASSETS);
}
