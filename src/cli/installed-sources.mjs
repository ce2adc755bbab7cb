// Node strips types by itself, but not below node_modules, where npm installs this package.
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const sources = new URL('..', import.meta.url).href;

/** Hides the "experimental" warning, which Node does not print either when it strips types. */
function withoutWarning(call) {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  call();
  process.emitWarning = emitWarning;
}

if (sources.includes('/node_modules/')) {
  withoutWarning(() => stripTypeScriptTypes(''));
  registerHooks({
    load(url, context, nextLoad) {
      if (!url.startsWith(sources) || !url.endsWith('.ts')) return nextLoad(url, context);
      const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}
