/**
 * Uploads the built site, `Output/`, to its bucket and invalidates CloudFront. Uses the AWS CLI with its
 * credentials. `--dry-run` only prints the commands.
 *
 * Variables: `AWS_S3_BUCKET`; `CLOUDFRONT_DISTRIBUTION_ID`; and `INVALIDATED_PATHS`, separated by spaces, if
 * the site has other pages than the demo blog.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { planSiteDeployment } from './deployment/site-deployment.ts';

const OUTPUT = 'Output';

try {
  const options = { 'dry-run': { type: 'boolean' as const, default: false } };
  const dryRun = parseArgs({ options }).values['dry-run'];
  const commands = planSiteDeployment(process.env, OUTPUT);
  if (!dryRun && !existsSync(`${OUTPUT}/index.html`)) {
    throw new Error(`There is no site in ${OUTPUT}/: npm run site:release`);
  }
  for (const args of commands) {
    console.log(`aws ${args.map(quoted).join(' ')}`);
    if (!dryRun) await run('aws', args);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @throws an Error if the command cannot be started or its exit code is not 0 */
async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: 'inherit' });
  const [code] = await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('The AWS CLI is not installed: https://aws.amazon.com/cli/');
  });
  if (code !== 0) throw new Error(`${command} ${args.slice(0, 2).join(' ')} ended with ${code}`);
}

/** Quoted for a shell, so that printed commands can be copied. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
