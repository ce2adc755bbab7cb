import path from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const ROOT = import.meta.dirname;
const BROWSERS = ['chrome123', 'firefox121', 'safari17.5'];

/** The admin page: everything has a hash in its name, but for the one page itself. */
export default defineConfig({
  root: path.join(ROOT, 'admin'),
  base: '/admin/',
  plugins: [licences()],
  build: {
    outDir: '../dist/admin',
    emptyOutDir: true,
    target: BROWSERS,
    cssTarget: BROWSERS,
    // What is inlined into scripts is loaded with them, needed or not.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

/** The display face may be passed on with its licence only. */
function licences(): Plugin {
  const name = 'bricolage-grotesque.LICENSE.txt';
  return {
    name: 'licences',
    async buildStart() {
      const source = await this.fs.readFile(path.join(ROOT, 'examples/blog/static/fonts', name));
      this.emitFile({ type: 'asset', fileName: `assets/${name}`, source });
    },
  };
}
