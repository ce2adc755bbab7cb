// First in every npm script, in plain JavaScript that any Node can read. The `node` package puts the
// pinned Node in front of the machine's own, unless its install script was not allowed to run.
import process from 'node:process';

const NEEDED = 24;
const [major] = process.versions.node.split('.').map(Number);
if (major < NEEDED) {
  console.error(
    `bytesized-cafe needs Node ${NEEDED} or newer and this is ${process.version}: run "npm ci" without --ignore-scripts, which installs it here.`,
  );
  process.exit(1);
}
