// Node strips types from TypeScript, but not below node_modules, where npm puts an installed package.
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const sources = new URL('..', import.meta.url).href;
const painter = new URL('.', import.meta.resolve('@bytesized-cafe/sketch-painter')).href;

/** Node's own type stripping prints no ExperimentalWarning, so this does not either. */
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
      const isOurs = url.startsWith(sources) || url.startsWith(painter);
      if (!isOurs || !url.endsWith('.ts')) return nextLoad(url, context);
      const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}
