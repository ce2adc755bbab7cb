import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The browser element, as it is published: stable entries, and hashed chunks under `assets/`. */
export default defineConfig({
  root: fileURLToPath(new URL('element', import.meta.url)),
  // Of the element's own settings this is the one that is the site's and not the page's.
  define: { DEFAULT_API_URL: JSON.stringify(process.env.BYTESIZED_CAFE_API_URL ?? '') },
  plugins: [{ name: 'element', enforce: 'pre', resolveId: keepEntryApart, closeBundle: emitTypes }],
  build: {
    outDir: '../bytesized-cafe-app',
    emptyOutDir: true,
    target: 'es2022',
    lib: {
      entry: { 'cafe-image': 'cafe-image.ts', 'platforms/browser': 'platforms/browser.ts' },
      formats: ['es'],
    },
    rolldownOptions: {
      // Lit's modules only take note of their versions beside what they export. The element makes do
      // with its reactive base, and the template engine stays out.
      treeshake: { moduleSideEffects: [{ test: /\/node_modules\//, sideEffects: false }] },
      output: {
        // A library's build would keep its blanks otherwise.
        minify: true,
        entryFileNames: '[name].js',
        chunkFileNames: 'assets/[name]-[hash].js',
      },
    },
  },
});

/**
 * One entry imports the other as it is, not a hashed chunk with all the code in it: an entry that is
 * still in some cache after a deployment would look for a chunk that is there no more.
 */
function keepEntryApart(source: string) {
  return source === '../cafe-image.ts' ? { id: '../cafe-image.js', external: true } : null;
}

function emitTypes(): void {
  const root = fileURLToPath(new URL('.', import.meta.url));
  execFileSync(`${root}node_modules/.bin/tsc`, ['-p', 'tsconfig.element.json'], {
    cwd: root,
    stdio: 'inherit',
  });
}
