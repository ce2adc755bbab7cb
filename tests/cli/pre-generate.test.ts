import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parsePageList } from '../../src/cli/pre-generate/page-list.ts';
import {
  type PreGenerateOptions,
  parseCountries,
  warm,
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
  const warmHere = async (options: Partial<PreGenerateOptions>, over: Partial<Terminal> = {}) => {
    const { terminal, written } = recordingTerminal(over);
    const all: PreGenerateOptions = {
      sitemap: false,
      pages: undefined,
      countries: [null],
      most: undefined,
      dryRun: false,
      stop: false,
      json: false,
      pollMs: 5,
      ...options,
    };
    const isWell = await warm(all, new PreGenerationApi(url, standIn.token), terminal);
    return { isWell, ...written };
  };
  return { standIn, url, warmHere };
}

async function listOf(text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-warm-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(path.join(folder, 'pages'), text);
  return path.join(folder, 'pages');
}

describe('warm', () => {
  it('has the pages of a list painted, and tells how it goes, a line for each change', async () => {
    const { standIn, warmHere } = await openService();
    const pages = await listOf('/posts/a/\narchive /tags/b/\n');
    const { isWell, out, err } = await warmHere({ pages, countries: ['FR', null], most: 3 });
    expect(isWell).toBe(true);
    expect(err).toBe('');
    expect(out.split('\n')).toEqual([
      '4 pages and countries; at most 3 pictures for $0.12; 9 are left today.',
      '0/4 pages, 0/3 bought',
      '2/4 pages, 2/3 bought',
      '4/4 pages, 3/3 bought',
      'Done: 3 bought for $0.10, 0 were there, 1 found no budget.',
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

  it('goes on where it was left: what is there is not bought again', async () => {
    const { warmHere } = await openService();
    await warmHere({ sitemap: true, most: 2 });
    const { out } = await warmHere({ sitemap: true, most: 2 });
    expect(out).toContain('Done: 1 bought for $0.03, 2 were there.');
  });

  it('draws a bar over itself where somebody watches', async () => {
    const { warmHere } = await openService();
    const { out } = await warmHere({ sitemap: true, most: 5 }, { isInteractive: true });
    expect(out).toContain(`\r${'░'.repeat(24)}  0/3 pages, 0/5 bought`);
    expect(out).toContain(`\r${'█'.repeat(24)}  3/3 pages, 3/5 bought\n`);
    const narrow = await warmHere({ sitemap: true, most: 5 }, { isInteractive: true, columns: 30 });
    expect(narrow.out).not.toContain('█');
  });

  it('only says what it would cost', async () => {
    const { standIn, warmHere } = await openService();
    const { out } = await warmHere({ sitemap: true, most: 5, dryRun: true, json: true });
    const estimate = { total: 3, most: 5, costMicroUsdAtMost: 200_000, remainingToday: 9 };
    expect(JSON.parse(out)).toEqual(estimate);
    expect(standIn.job).toBeNull();
  });

  it('says on Ctrl-C that the service goes on, and how to stop it', async () => {
    const { standIn, warmHere } = await openService();
    const controller = new AbortController();
    standIn.onLook = () => controller.abort();
    const interrupted = () => controller.signal;
    const options = { sitemap: true, countries: ['FR', null], most: 9 };
    const { isWell, out, err } = await warmHere(options, { interrupted });
    expect(isWell).toBe(true);
    expect(out).toContain('Still running: ');
    expect(err).toContain('The service goes on with it');
    expect(err).toContain('warm --stop');
    expect(standIn.job?.state).toBe('running');

    standIn.onLook = () => {};
    const again = await warmHere({});
    expect(again.out).toContain('Done: 6 bought');
  });

  it('stops what is under way', async () => {
    const { standIn, warmHere } = await openService();
    const controller = new AbortController();
    standIn.onLook = () => controller.abort();
    await warmHere({ sitemap: true, most: 5 }, { interrupted: () => controller.signal });
    const { out } = await warmHere({ stop: true });
    expect(out).toMatch(/^Stopped: 2 bought .* You stopped it\.$/m);
    expect(standIn.job?.state).toBe('stopped');
    await expect(warmHere({})).rejects.toThrow(/Nothing is running/);
  });

  it('passes on why the service refuses, and never the token', async () => {
    const { standIn, url, warmHere } = await openService();
    standIn.onLook = () => {};
    const controller = new AbortController();
    controller.abort();
    await warmHere({ sitemap: true, most: 5 }, { interrupted: () => controller.signal });
    const second = warmHere({ sitemap: true, most: 5 });
    await expect(second).rejects.toThrow('The service refuses: conflict of the stand-in.');
    const { terminal, written } = recordingTerminal();
    const env = { ADMIN_TOKEN: 'canary-of-another' };
    expect(await run(['warm', '--service', url, '--stop'], env, terminal)).toBe(1);
    expect(written.err).toMatch(/does not accept ADMIN_TOKEN/);
    expect(written.err).not.toContain('canary');
  });

  it('takes countries and the address of the service as they are given', async () => {
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
    expect(written.out).toMatch(/^9 pages and countries/);
    expect(standIn.journal[0]?.body.countries).toEqual(['FR', 'DE', null]);
  });

  it.each([
    [{ sitemap: true }, /--most/],
    [{ sitemap: true, pages: 'x', most: 1 }, /not both/],
    [{ sitemap: true, most: 1, countries: undefined }, /--countries/],
    [{ pages: '/no/such/file', most: 1 }, /cannot be read/],
  ])('wants to be told clearly: %j', async (options, words) => {
    const { warmHere } = await openService();
    await expect(warmHere(options)).rejects.toThrow(words);
  });
});

describe('a list of pages', () => {
  it('has a path or an address a line, and the type where it needs to be said', () => {
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
      expect(() => parsePageList(text)).toThrow(/Line \d is no page/);
    },
  );

  it('refuses an empty one', () => {
    expect(() => parsePageList('# nothing\n')).toThrow(/no pages/);
  });
});

describe('a list of countries', () => {
  it.each(['XX', 'France', 'FR,,DE', ''])('refuses %j', (text) => {
    expect(() => parseCountries(text)).toThrow(/no country code/);
  });
});
