/**
 * Sets the service's variables on Railway. Each value goes through the standard input of Railway's CLI, not
 * through arguments, which every process on a machine can read, and is never printed. It deploys nothing.
 * `--dry-run` only prints what would be set.
 *
 * Variables: `RAILWAY_TOKEN`, a project token; `RAILWAY_PROJECT`, `RAILWAY_ENVIRONMENT` and
 * `RAILWAY_SERVICE`; the seven variables; and `RAILWAY_RUNTIME_HOST` and `RAILWAY_RUNTIME_PORT`, if they
 * are not 0.0.0.0 and 8080.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { argumentsToSet, planRailwayVariables } from './deployment/railway-variables.ts';

try {
  const options = { 'dry-run': { type: 'boolean' as const, default: false } };
  const dryRun = parseArgs({ options }).values['dry-run'];
  const { target, variables } = planRailwayVariables(process.env);
  if (!dryRun && !process.env.RAILWAY_TOKEN) throw new Error('RAILWAY_TOKEN is not set');
  console.log(`${target.service}, in the environment ${target.environment}:`);
  for (const { name, value, isShown } of variables) {
    const shown = isShown ? `${name}=${value}` : `${name} (not shown)`;
    if (!dryRun) await pipeInto('railway', argumentsToSet(name, target), value);
    console.log(dryRun ? `would set ${shown}` : `set ${shown}`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/**
 * Runs a command with `input`. Its output is shown only if it fails, and without the input.
 *
 * @throws an Error if it cannot be started or its exit code is not 0
 */
async function pipeInto(command: string, args: readonly string[], input: string): Promise<void> {
  const { PATH = '', HOME = '', RAILWAY_TOKEN = '' } = process.env;
  const child = spawn(command, args, { env: { PATH, HOME, RAILWAY_TOKEN, CI: 'true' } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  // If it ends without reading the input, its exit code says why.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error(`${command} is not installed: npm install --global @railway/cli`);
  });
  if (code === 0) return;
  const shown = `${command} ${args.slice(0, 3).join(' ')} ended with ${code}:\n${said.trim()}`;
  throw new Error(shown.replaceAll(input, '(not shown)'));
}
