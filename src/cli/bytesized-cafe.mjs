#!/usr/bin/env node
// The command, in plain JavaScript that any Node can read.
import process from 'node:process';

const NEEDED = 24;
const [major] = process.versions.node.split('.').map(Number);
if (major < NEEDED) {
  process.stderr.write(
    `bytesized-cafe needs Node ${NEEDED} or newer and this is ${process.version}: install it, or use "npm run cafe -- ..." in a checkout, which brings its own.\n`,
  );
  process.exitCode = 1;
} else {
  import('./installed-sources.mjs').then(() => import('./main.ts'));
}
