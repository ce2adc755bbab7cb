import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import type { Context } from 'koa';
import { type BuiltFile, readBuiltPages } from './built-pages.ts';
import { isNotModified, label } from './cache-labels.ts';

export interface CompressedFile extends BuiltFile {
  /** Compressed on first use: at start-up it would take longer than everything else together. */
  brotli(): Promise<Buffer>;
}

/** Files by their published URL path. */
export type CompressedFiles = ReadonlyMap<string, CompressedFile>;

/**
 * Reads a folder of built files. A missing folder has no files.
 *
 * @param at the folder's URL path, without a trailing slash
 * @param unhashed Cache-Control of files without a hash of their content in the name
 */
export async function readCompressedFiles(
  folder: string,
  at: string,
  unhashed?: string,
): Promise<CompressedFiles> {
  const files = await readBuiltPages(folder, unhashed);
  return new Map([...files].map(([name, file]) => [`${at}${name}`, compressible(file)]));
}

function compressible(file: BuiltFile): CompressedFile {
  // Otherwise `.ts` declarations are served as video.
  const type = file.type === '.ts' ? 'text/plain; charset=utf-8' : file.type;
  let compressed: Promise<Buffer> | undefined;
  const brotli = () => {
    compressed ??= promisify(brotliCompress)(file.body);
    return compressed;
  };
  return { ...file, type, brotli };
}

/** Sends a file, compressed if the browser supports it. */
export async function sendCompressed(ctx: Context, file: CompressedFile): Promise<void> {
  const isSmall = ctx.acceptsEncodings('br', 'identity') === 'br';
  label(ctx, { ...file, etag: isSmall ? file.etag.replace(/"$/, '-br"') : file.etag });
  ctx.vary('Accept-Encoding');
  if (isNotModified(ctx)) return;
  const body = isSmall ? await file.brotli() : file.body;
  ctx.type = file.type;
  if (isSmall) ctx.set('Content-Encoding', 'br');
  ctx.body = body;
}
