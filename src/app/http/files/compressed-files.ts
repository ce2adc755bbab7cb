import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import type { Context } from 'koa';
import { type BuiltFile, readBuiltPages } from './built-pages.ts';
import { isNotModified, label } from './cache-labels.ts';

export interface CompressedFile extends BuiltFile {
  brotli: Buffer;
}

/** Files by the URL path that they are published at. */
export type CompressedFiles = ReadonlyMap<string, CompressedFile>;

/**
 * Reads a folder of built files, and compresses them once. A folder that is not there has none.
 *
 * @param at the URL path that stands for the folder, without a slash at the end
 * @param unhashed the Cache-Control of files whose names stay when they change
 */
export async function readCompressedFiles(
  folder: string,
  at: string,
  unhashed?: string,
): Promise<CompressedFiles> {
  const compress = promisify(brotliCompress);
  const files = [...(await readBuiltPages(folder, unhashed))];
  return new Map(
    await Promise.all(
      files.map(async ([name, file]): Promise<[string, CompressedFile]> => {
        // A declaration would be served as a video otherwise.
        const type = file.type === '.ts' ? 'text/plain; charset=utf-8' : file.type;
        return [`${at}${name}`, { ...file, type, brotli: await compress(file.body) }];
      }),
    ),
  );
}

/** Answers with a file, small where the browser takes that. */
export function sendCompressed(ctx: Context, file: CompressedFile): void {
  const isSmall = ctx.acceptsEncodings('br', 'identity') === 'br';
  label(ctx, { ...file, etag: isSmall ? file.etag.replace(/"$/, '-br"') : file.etag });
  ctx.vary('Accept-Encoding');
  if (isNotModified(ctx)) return;
  ctx.type = file.type;
  if (isSmall) ctx.set('Content-Encoding', 'br');
  ctx.body = isSmall ? file.brotli : file.body;
}
