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
  /** A file with pages, a line each. */
  pages: string | undefined;
  /** Whose readers are to find pictures; `null` for those whose country is unknown. */
  countries: readonly (string | null)[] | undefined;
  /** Pictures to buy at most. */
  most: number | undefined;
  dryRun: boolean;
  stop: boolean;
  json: boolean;
  /** Milliseconds between two looks at the job. */
  pollMs: number;
}

/**
 * Has pictures bought before readers come, by the running service and within its budget; stops that;
 * or, without pages, watches what is under way. What has a picture already costs nothing, so the same
 * command goes on where it was left.
 *
 * @returns whether it went as it should
 * @throws CommandError
 */
export async function warm(
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
 * Country codes with commas between them; `anywhere` for readers whose country is unknown.
 *
 * @throws CommandError
 */
export function parseCountries(text: string): (string | null)[] {
  const words = text.split(',').map((word) => word.trim());
  return words.map((word) => {
    if (word.toLowerCase() === 'anywhere') return null;
    const country = countryByCode(word.toUpperCase());
    if (!country) throw new CommandError(`${word || 'Nothing'} is no country code such as FR.`);
    return country.code;
  });
}

async function requestFor(options: PreGenerateOptions): Promise<PreGenerationRequest | undefined> {
  const { sitemap, pages, countries, most } = options;
  if (sitemap && pages !== undefined) {
    throw new CommandError('Give --sitemap or --pages, not both.');
  }
  if (!sitemap && pages === undefined) return undefined;
  if (most === undefined) {
    throw new CommandError('Say with --most how many pictures may be bought.');
  }
  if (countries === undefined) {
    throw new CommandError(
      'Say with --countries where the readers are, such as FR,DE: every country has pictures of its own.',
    );
  }
  if (pages === undefined) return { source: 'sitemap', countries, most };
  const text = await readFile(pages, 'utf8').catch((error: Error) => {
    throw new CommandError(`The list of pages cannot be read: ${error.message}`);
  });
  return { source: 'pages', pages: parsePageList(text), countries, most };
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
    throw new CommandError('Nothing is running. Give --sitemap or --pages to begin.');
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
      'The service goes on with it. "warm" without pages watches it again, "warm --stop" stops it.\n',
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
  return `${total} pages and countries; at most ${most} pictures for $${(costMicroUsdAtMost / 1e6).toFixed(2)}; ${remainingToday} are left today.`;
}

function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
