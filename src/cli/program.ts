import { Command, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { SystemClock } from '../adapters/clock/system.ts';
import { type Config, ConfigError, loadConfig } from '../app/config/config.ts';
import { openStore } from '../app/container/open-adapters.ts';
import { CafeError } from '../domain/kernel/errors.ts';
import { PAGE_TYPES } from '../domain/pages/page.ts';
import { costs } from './costs.ts';
import { addDatabase } from './database/commands.ts';
import { doctor } from './doctor/doctor.ts';
import { addKeys } from './keys/commands.ts';
import { baseUrl, type Env, environmentWith, pageUrl, serviceOf, whole } from './options.ts';
import { parseCountries, preGenerate } from './pre-generate/pre-generate.ts';
import { PreGenerationApi } from './pre-generate/pre-generation-api.ts';
import { snippet } from './snippet.ts';
import { CommandError, type Terminal } from './terminal.ts';

/**
 * Runs a command.
 *
 * @param args without the paths of Node and of the program
 * @returns the exit code: 0 for success, 1 for a failure
 */
export async function run(args: readonly string[], env: Env, terminal: Terminal): Promise<number> {
  let isWell = true;
  const program = createProgram(env, terminal, (outcome) => {
    isWell = outcome;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return isWell ? 0 : 1;
  } catch (error) {
    const { exitCode } = error as { exitCode?: unknown };
    // Commander has already printed its message.
    if (typeof exitCode === 'number') return exitCode;
    terminal.complain(`${messageOf(error)}\n`);
    return 1;
  }
}

function createProgram(env: Env, terminal: Terminal, end: (isWell: boolean) => void): Command {
  const program = new Command('bytesized-cafe')
    .description(
      'Checks the setup, shows the costs, pre-generates pictures, and manages the database and API keys.',
    )
    .version(packageJson.version)
    .option('--env <file>', 'read variables that are not set from a file such as .env')
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.complain(text),
    })
    .exitOverride();
  const environment = () => environmentWith(program.opts<{ env?: string }>().env, env);
  addDoctor(program, environment, terminal, end);
  addCosts(program, environment, terminal);
  addSnippet(program, environment, terminal);
  addPreGenerate(program, environment, terminal, end);
  addDatabase(program, environment, terminal, end);
  addKeys(program, environment, terminal);
  return program;
}

function addDoctor(
  program: Command,
  environment: () => Env,
  terminal: Terminal,
  end: (isWell: boolean) => void,
): void {
  program
    .command('doctor')
    .description('checks the whole setup and tells you how to fix each problem')
    .option('--site <url>', 'also check this page of the blog', pageUrl)
    .option('--service <url>', 'also check the service that runs at this URL', baseUrl)
    .option('--timeout <seconds>', 'time limit of each check', whole(1, 300), 20)
    .option('--json', 'print JSON', false)
    .action(async ({ site, service, timeout, json }) => {
      const options = { site, service, timeoutMs: timeout * 1000, json, clock: new SystemClock() };
      end(await doctor(environment(), options, terminal));
    });
}

function addCosts(program: Command, environment: () => Env, terminal: Terminal): void {
  program
    .command('costs')
    .description('prints what was spent today, this month and by day')
    .option('--days <number>', 'how many days', whole(1, 90), 30)
    .option('--json', 'print JSON', false)
    .action(({ days, json }) =>
      costs(environment(), { days, json, clock: new SystemClock() }, terminal),
    );
}

function addSnippet(program: Command, environment: () => Env, terminal: Terminal): void {
  program
    .command('snippet')
    .description("prints the HTML and CSS for the blog's pages")
    .option(...SERVICE)
    .option('--path <path>', "the page's path (default: an example)")
    .addOption(
      new Option('--type <type>', "the page's type").choices(PAGE_TYPES).default('article'),
    )
    .option('--json', 'print JSON', false)
    .action(async ({ service, path, type, json }) => {
      const env = environment();
      const pictures = await pictureOrigin(env);
      snippet({ service: serviceOf(service, env), path, type, pictures }, json, terminal);
    });
}

function addPreGenerate(
  program: Command,
  environment: () => Env,
  terminal: Terminal,
  end: (isWell: boolean) => void,
): void {
  program
    .command('pre-generate')
    .alias('warm')
    .description('generates pictures before readers visit; requires ADMIN_TOKEN')
    .option('--sitemap', "for all pages in the service's sitemap (SITE_SITEMAP_URL)", false)
    .option('--pages <file>', 'for the pages in a file, one path per line')
    .option('--countries <codes>', 'the readers’ countries, such as FR,DE', parseCountries)
    .option('--max <number>', 'maximum number of pictures to buy', pictures)
    .addOption(new Option('--most <number>', 'old name of --max').argParser(pictures).hideHelp())
    .option('--dry-run', 'only print the maximum cost', false)
    .option('--stop', 'stop the running job', false)
    .option(...SERVICE)
    .option('--json', 'print JSON', false)
    .action(async ({ service, most, max = most, ...options }) => {
      const env = environment();
      const token = env.ADMIN_TOKEN;
      if (!token) throw new CommandError('Set ADMIN_TOKEN to the admin token of the service.');
      const api = new PreGenerationApi(serviceOf(service, env), token);
      end(await preGenerate({ ...options, max, pollMs: 1000 }, api, terminal));
    });
}

const pictures = whole(1, 100_000);

const SERVICE = [
  '--service <url>',
  'URL of the service (default: BYTESIZED_CAFE_API_URL)',
  baseUrl,
] as const;

/** The origin of images in a bucket; other stores use the service's own origin. */
async function pictureOrigin(env: Env): Promise<string | undefined> {
  const config = usableConfig(env);
  if (config?.store.kind !== 's3') return undefined;
  const store = await openStore(config, () => {});
  const { origin } = new URL(store.urlFor('any'));
  await store.close();
  return origin;
}

/** The snippet does not need a complete environment. */
function usableConfig(env: Env): Config | undefined {
  try {
    return loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof CommandError || error instanceof ConfigError) return error.message;
  if (error instanceof CafeError && error.cause instanceof Error) return error.cause.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
