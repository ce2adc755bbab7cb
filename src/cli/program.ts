import { Command, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { SystemClock } from '../adapters/clock/system.ts';
import { type Config, ConfigError, loadConfig } from '../app/config/config.ts';
import { openStore } from '../app/container/open-adapters.ts';
import { CafeError } from '../domain/kernel/errors.ts';
import { PAGE_TYPES } from '../domain/pages/page.ts';
import { costs } from './costs.ts';
import { doctor } from './doctor/doctor.ts';
import { baseUrl, type Env, environmentWith, pageUrl, serviceOf, whole } from './options.ts';
import { parseCountries, warm } from './pre-generate/pre-generate.ts';
import { PreGenerationApi } from './pre-generate/pre-generation-api.ts';
import { snippet } from './snippet.ts';
import { CommandError, type Terminal } from './terminal.ts';

/**
 * Runs the command that the arguments name.
 *
 * @param args without Node's and the program's own
 * @returns the exit code: 0 where all is well, 1 where not
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
    // Commander has said already what it has to.
    if (typeof exitCode === 'number') return exitCode;
    terminal.complain(`${messageOf(error)}\n`);
    return 1;
  }
}

function createProgram(env: Env, terminal: Terminal, end: (isWell: boolean) => void): Command {
  const program = new Command('bytesized-cafe')
    .description(
      'Looks after a cafe: what is wrong with it, what it cost, and what is yet to be made.',
    )
    .version(packageJson.version)
    .option('--env <file>', 'take variables that are not set from a file such as .env')
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.complain(text),
    })
    .exitOverride();
  const environment = () => environmentWith(program.opts<{ env?: string }>().env, env);
  addDoctor(program, environment, terminal, end);
  addCosts(program, environment, terminal);
  addSnippet(program, environment, terminal);
  addWarm(program, environment, terminal, end);
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
    .description('checks everything that the environment names, and says how to mend what is wrong')
    .option('--site <url>', 'also look at this page of the blog', pageUrl)
    .option('--service <url>', 'also ask the service that runs at this address', baseUrl)
    .option('--timeout <seconds>', 'for each check', whole(1, 300), 20)
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
    .description("prints what goes into the blog's pages")
    .option(...SERVICE)
    .option('--path <path>', "the page's path; that of an example page if left out")
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

function addWarm(
  program: Command,
  environment: () => Env,
  terminal: Terminal,
  end: (isWell: boolean) => void,
): void {
  program
    .command('warm')
    .description('has pictures bought before readers come; the service needs ADMIN_TOKEN')
    .option('--sitemap', "for all pages of the service's SITE_SITEMAP_URL", false)
    .option('--pages <file>', 'for the pages of a file, a path a line')
    .option('--countries <codes>', 'the readers’ countries, such as FR,DE', parseCountries)
    .option('--most <number>', 'pictures to buy at most', whole(1, 100_000))
    .option('--dry-run', 'only say what it would cost at most', false)
    .option('--stop', 'stop what is under way', false)
    .option(...SERVICE)
    .option('--json', 'print JSON', false)
    .action(async ({ service, ...options }) => {
      const env = environment();
      const { ADMIN_TOKEN: token } = env;
      if (!token)
        throw new CommandError('ADMIN_TOKEN is not set: it opens the admin of the service.');
      const api = new PreGenerationApi(serviceOf(service, env), token);
      end(await warm({ ...options, pollMs: 1000 }, api, terminal));
    });
}

const SERVICE = [
  '--service <url>',
  'where the cafe is; BYTESIZED_CAFE_API_URL if you say nothing',
  baseUrl,
] as const;

/** Where an environment with a bucket has its pictures; other stores are the service's own. */
async function pictureOrigin(env: Env): Promise<string | undefined> {
  const config = usableConfig(env);
  if (config?.store.kind !== 's3') return undefined;
  const store = await openStore(config, () => {});
  const { origin } = new URL(store.urlFor('any'));
  await store.close();
  return origin;
}

/** What goes into a page can be told without most of the variables. */
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
