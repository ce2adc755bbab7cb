import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parsePageList } from '../../src/cli/pre-generate/page-list.ts';
import {
  type PreGenerateOptions,
  parseCountries,
  preGenerate,
} from '../../src/cli/pre-generate/pre-generate.ts';
import { PreGenerationApi } from '../../src/cli/pre-generate/pre-generation-api.ts';
import { run } from '../../src/cli/program.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { recordingTerminal } from '../support/doctors-patient.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { WarmingStandIn } from '../support/warming-stand-in.ts';

async function openService() {
  const standIn = new WarmingStandIn();
  const server = await serveFetch(standIn.handle);
  onTestFinished(() => server.close());
  const { url } = server;
  const runHere = async (options: Partial<PreGenerateOptions>, over: Partial<Terminal> = {}) => {
    const { terminal, written } = recordingTerminal(over);
    const all: PreGenerateOptions = {
      sitemap: false,
      pages: undefined,
      countries: [null],
      max: undefined,
      dryRun: false,
      stop: false,
      json: false,
      pollMs: 5,
      ...options,
    };
    const isWell = await preGenerate(all, new PreGenerationApi(url, standIn.token), terminal);
    return { isWell, ...written };
  };
  return { standIn, url, runHere };
}

async function listOf(text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-pages-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(path.join(folder, 'pages'), text);
  return path.join(folder, 'pages');
}

describe('pre-generate', () => {
  it('generates pictures for the pages of a list, and prints a line for each change', async () => {
    const { standIn, runHere } = await openService();
    const pages = await listOf('/posts/a/\narchive /tags/b/\n');
    const { isWell, out, err } = await runHere({ pages, countries: ['FR', null], max: 3 });
    expect(isWell).toBe(true);
    expect(err).toBe('');
    expect(out.split('\n')).toEqual([
      "4 pages by country. Buys up to 3 pictures for up to $0.12. Today's budget has 9 left.",
      '0/4 pages, 0/3 bought',
      '2/4 pages, 2/3 bought',
      '4/4 pages, 3/3 bought',
      'Done: 3 bought for $0.10, 0 already had a picture, 1 without budget.',
      '',
    ]);
    expect(standIn.journal[1]?.body).toEqual({
      source: 'pages',
      pages: [
        { type: 'article', path: '/posts/a/' },
        { type: 'archive', path: '/tags/b/' },
      ],
      countries: ['FR', null],
      most: 3,
    });
  });

  it('continues where it ended: an existing picture is not bought again', async () => {
    const { runHere } = await openService();
    await runHere({ sitemap: true, max: 2 });
    const { out } = await runHere({ sitemap: true, max: 2 });
    expect(out).toContain('Done: 1 bought for $0.03, 2 already had a picture.');
  });

  it('overwrites a progress bar in a terminal', async () => {
    const { runHere } = await openService();
    const { out } = await runHere({ sitemap: true, max: 5 }, { isInteractive: true });
    expect(out).toContain(`\r${'░'.repeat(24)}  0/3 pages, 0/5 bought`);
    expect(out).toContain(`\r${'█'.repeat(24)}  3/3 pages, 3/5 bought\n`);
    const narrow = await runHere({ sitemap: true, max: 5 }, { isInteractive: true, columns: 30 });
    expect(narrow.out).not.toContain('█');
  });

  it('only prints the maximum cost with --dry-run', async () => {
    const { standIn, runHere } = await openService();
    const { out } = await runHere({ sitemap: true, max: 5, dryRun: true, json: true });
    const estimate = { total: 3, most: 5, costMicroUsdAtMost: 200_000, remainingToday: 9 };
    expect(JSON.parse(out)).toEqual(estimate);
    expect(standIn.job).toBeNull();
  });

  it('prints on Ctrl-C that the service continues, and how to stop it', async () => {
    const { standIn, runHere } = await openService();
    const controller = new AbortController();
    standIn.onLook = () => controller.abort();
    const interrupted = () => controller.signal;
    const options = { sitemap: true, countries: ['FR', null], max: 9 };
    const { isWell, out, err } = await runHere(options, { interrupted });
    expect(isWell).toBe(true);
    expect(out).toContain('Still running: ');
    expect(err).toContain('The job continues in the service');
    expect(err).toContain('pre-generate --stop');
    expect(standIn.job?.state).toBe('running');

    standIn.onLook = () => {};
    const again = await runHere({});
    expect(again.out).toContain('Done: 6 bought');
  });

  it('stops the running job', async () => {
    const { standIn, runHere } = await openService();
    const controller = new AbortController();
    standIn.onLook = () => controller.abort();
    await runHere({ sitemap: true, max: 5 }, { interrupted: () => controller.signal });
    const { out } = await runHere({ stop: true });
    expect(out).toMatch(/^Stopped: 2 bought .* You stopped it\.$/m);
    expect(standIn.job?.state).toBe('stopped');
    await expect(runHere({})).rejects.toThrow(/No job is running/);
  });

  it('prints why the service rejects the request, and never the token', async () => {
    const { standIn, url, runHere } = await openService();
    standIn.onLook = () => {};
    const controller = new AbortController();
    controller.abort();
    await runHere({ sitemap: true, max: 5 }, { interrupted: () => controller.signal });
    const second = runHere({ sitemap: true, max: 5 });
    await expect(second).rejects.toThrow(
      'The service rejected the request: conflict of the stand-in.',
    );
    const { terminal, written } = recordingTerminal();
    const env = { ADMIN_TOKEN: 'canary-of-another' };
    expect(await run(['pre-generate', '--service', url, '--stop'], env, terminal)).toBe(1);
    expect(written.err).toMatch(/does not accept ADMIN_TOKEN/);
    expect(written.err).not.toContain('canary');
  });

  it('accepts countries, the URL of the service and the old names warm and --most', async () => {
    const { standIn, url } = await openService();
    const { terminal, written } = recordingTerminal();
    const env = { ADMIN_TOKEN: standIn.token, BYTESIZED_CAFE_API_URL: `${url}/` };
    const args = [
      'warm',
      '--sitemap',
      '--countries',
      'fr, DE,anywhere',
      '--most',
      '4',
      '--dry-run',
    ];
    expect(await run(args, env, terminal)).toBe(0);
    expect(written.out).toMatch(/^9 pages by country/);
    expect(standIn.journal[0]?.body.countries).toEqual(['FR', 'DE', null]);
  });

  it.each([
    [{ sitemap: true }, /--max/],
    [{ sitemap: true, pages: 'x', max: 1 }, /not both/],
    [{ sitemap: true, max: 1, countries: undefined }, /--countries/],
    [{ pages: '/no/such/file', max: 1 }, /cannot be read/],
  ])('rejects unclear options: %j', async (options, words) => {
    const { runHere } = await openService();
    await expect(runHere(options)).rejects.toThrow(words);
  });
});

describe('a list of pages', () => {
  it('has one path or URL per line, with a type if necessary', () => {
    const text =
      '# all\n/\n\n  /page/2/ \r\nhttps://blog.example/posts/a/?x=1\narticle /page/about/';
    expect(parsePageList(text)).toEqual([
      { type: 'index', path: '/' },
      { type: 'archive', path: '/page/2/' },
      { type: 'article', path: '/posts/a/?x=1' },
      { type: 'article', path: '/page/about/' },
    ]);
  });

  it.each(['posts/a', 'novel /a', 'article /a /b', '/a/../b', '/ok\n/%zz'])(
    'refuses %j',
    (text) => {
      expect(() => parsePageList(text)).toThrow(/Line \d is not a page/);
    },
  );

  it('refuses an empty one', () => {
    expect(() => parsePageList('# nothing\n')).toThrow(/contains no pages/);
  });
});

describe('a list of countries', () => {
  it.each(['XX', 'France', 'FR,,DE', ''])('refuses %j', (text) => {
    expect(() => parseCountries(text)).toThrow(/not a country code/);
  });
});
