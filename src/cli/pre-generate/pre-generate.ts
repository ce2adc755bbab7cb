import { readFile } from 'node:fs/promises';
import type {
  PreGenerationEstimate,
  PreGenerationJob,
} from '../../app/http/admin/pages/pre-generation-routes.ts';
import { countryByCode } from '../../domain/countries/country.ts';
import { CommandError, type Terminal } from '../terminal.ts';
import { parsePageList } from './page-list.ts';
import type { PreGenerationApi, PreGenerationRequest } from './pre-generation-api.ts';
import { outcomeOfJob, watchJob } from './watch-job.ts';

export interface PreGenerateOptions {
  sitemap: boolean;
  /** A file with one page per line. */
  pages: string | undefined;
  /** The readers' countries; `null` for readers whose country is unknown. */
  countries: readonly (string | null)[] | undefined;
  /** Maximum number of pictures to buy. */
  max: number | undefined;
  dryRun: boolean;
  stop: boolean;
  json: boolean;
  /** Milliseconds between two requests for the job's state. */
  pollMs: number;
}

/**
 * Makes the running service generate pictures before readers visit, within its budget. Can also stop the
 * running job, or watch it if no pages are given. Pages that have a picture cost nothing, so repeating
 * the command continues where the last job ended.
 *
 * @returns whether the job succeeded
 * @throws CommandError
 */
export async function preGenerate(
  options: PreGenerateOptions,
  api: PreGenerationApi,
  terminal: Terminal,
): Promise<boolean> {
  if (options.stop) return stop(options, api, terminal);
  const request = await requestFor(options);
  if (!request) return watchRunning(options, api, terminal);
  const estimate = await api.estimate(request);
  if (options.dryRun) {
    terminal.write(options.json ? jsonOf(estimate) : `${wordsOf(estimate)}\n`);
    return true;
  }
  if (!options.json) terminal.write(`${wordsOf(estimate)}\n`);
  return watch(await api.start(request), options, api, terminal);
}

/**
 * Parses comma-separated country codes; `anywhere` stands for readers whose country is unknown.
 *
 * @throws CommandError
 */
export function parseCountries(text: string): (string | null)[] {
  const words = text.split(',').map((word) => word.trim());
  return words.map((word) => {
    if (word.toLowerCase() === 'anywhere') return null;
    const country = countryByCode(word.toUpperCase());
    if (!country) {
      throw new CommandError(`"${word}" is not a country code. Use codes such as FR,DE.`);
    }
    return country.code;
  });
}

async function requestFor(options: PreGenerateOptions): Promise<PreGenerationRequest | undefined> {
  const { sitemap, pages, countries, max } = options;
  if (sitemap && pages !== undefined) {
    throw new CommandError('Use --sitemap or --pages, not both.');
  }
  if (!sitemap && pages === undefined) return undefined;
  if (max === undefined) {
    throw new CommandError('Set --max to the number of pictures that may be bought.');
  }
  if (countries === undefined) {
    throw new CommandError(
      "Set --countries to your readers' countries, such as FR,DE. Each country has its own pictures.",
    );
  }
  if (pages === undefined) return { source: 'sitemap', countries, most: max };
  const text = await readFile(pages, 'utf8').catch((error: Error) => {
    throw new CommandError(`The list of pages cannot be read: ${error.message}`);
  });
  return { source: 'pages', pages: parsePageList(text), countries, most: max };
}

async function stop(
  { json }: PreGenerateOptions,
  api: PreGenerationApi,
  terminal: Terminal,
): Promise<boolean> {
  const job = await api.stop();
  terminal.write(json ? jsonOf({ job }) : `${outcomeOfJob(job)}\n`);
  return true;
}

async function watchRunning(
  options: PreGenerateOptions,
  api: PreGenerationApi,
  terminal: Terminal,
): Promise<boolean> {
  const job = await api.job();
  if (job?.state !== 'running') {
    throw new CommandError('No job is running. Start one with --sitemap or --pages.');
  }
  return watch(job, options, api, terminal);
}

async function watch(
  started: PreGenerationJob,
  { json, pollMs }: PreGenerateOptions,
  api: PreGenerationApi,
  terminal: Terminal,
): Promise<boolean> {
  const job = await watchJob(started, api, { terminal, pollMs, quiet: json });
  terminal.write(json ? jsonOf({ job }) : `${outcomeOfJob(job)}\n`);
  if (job.state === 'running') {
    terminal.complain(
      'The job continues in the service. To watch it again, run "pre-generate". To stop it, run "pre-generate --stop".\n',
    );
  }
  return job.state !== 'failed';
}

function wordsOf({
  total,
  most,
  costMicroUsdAtMost,
  remainingToday,
}: PreGenerationEstimate): string {
  const cost = `$${(costMicroUsdAtMost / 1e6).toFixed(2)}`;
  return `${total} pages by country. Buys up to ${most} pictures for up to ${cost}. Today's budget has ${remainingToday} left.`;
}

function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
