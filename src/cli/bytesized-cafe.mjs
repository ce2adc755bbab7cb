#!/usr/bin/env node
// Plain JavaScript, so that old versions of Node reach the message below.
import process from 'node:process';

const NEEDED = 24;
const [major] = process.versions.node.split('.').map(Number);
if (major < NEEDED) {
  process.stderr.write(
    `bytesized-cafe needs Node ${NEEDED} or newer, but this is ${process.version}. Install it, or use "npm run cafe -- ..." in a checkout, which includes the right version.\n`,
  );
  process.exitCode = 1;
} else {
  import('./installed-sources.mjs').then(() => import('./main.ts'));
}
