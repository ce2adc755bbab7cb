import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import type { Context } from 'koa';
import { type BuiltFile, readBuiltPages } from './built-pages.ts';
import { isNotModified, label } from './cache-labels.ts';

export interface CompressedFile extends BuiltFile {
  /** Compresses at the first call: at start-up, that would take longer than all the rest together. */
  brotli(): Promise<Buffer>;
}

/** Files by the URL path that they are published at. */
export type CompressedFiles = ReadonlyMap<string, CompressedFile>;

/**
 * Reads a folder of built files. A folder that does not exist has none.
 *
 * @param at the URL path that stands for the folder, without a slash at the end
 * @param unhashed the Cache-Control of files whose names stay when they change
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
  // Browsers would take a declaration for a video otherwise.
  const type = file.type === '.ts' ? 'text/plain; charset=utf-8' : file.type;
  let compressed: Promise<Buffer> | undefined;
  const brotli = () => {
    compressed ??= promisify(brotliCompress)(file.body);
    return compressed;
  };
  return { ...file, type, brotli };
}

/** Answers with a file, small where the browser takes that. */
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
