import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const ROOT = import.meta.dirname;

/** The browser element, as it is published: stable entries, and hashed chunks under `assets/`. */
export default defineConfig({
  root: path.join(ROOT, 'embed'),
  // Of the element's own settings this is the one that is the site's and not the page's.
  define: { DEFAULT_API_URL: JSON.stringify(process.env.BYTESIZED_CAFE_API_URL ?? '') },
  plugins: [entriesApart(), declarations()],
  build: {
    outDir: '../bytesized-cafe-app',
    emptyOutDir: true,
    target: 'es2022',
    lib: {
      entry: {
        'cafe-image': 'cafe-image.ts',
        'platforms/browser': 'platforms/browser.ts',
        index: 'index.ts',
      },
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
 * Lets one entry import another as it is, not a hashed chunk with all the code in it: an entry that
 * is still in some cache after a deployment would look for a chunk that is there no more.
 */
function entriesApart(): Plugin {
  return {
    name: 'entries-apart',
    enforce: 'pre',
    resolveId: (source) =>
      ['../cafe-image.ts', './platforms/browser.ts'].includes(source)
        ? { id: source.replace('.ts', '.js'), external: true }
        : null,
  };
}

/** Puts the types beside the scripts. */
function declarations(): Plugin {
  let outDir = '';
  return {
    name: 'declarations',
    configResolved({ root, build }) {
      outDir = path.resolve(root, build.outDir, 'types');
    },
    closeBundle() {
      const tsc = path.join(ROOT, 'node_modules/.bin/tsc');
      const options = ['-p', path.join(ROOT, 'tsconfig.embed.json'), '--outDir', outDir];
      execFileSync(tsc, options, { stdio: 'inherit' });
    },
  };
}
