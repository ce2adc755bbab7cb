import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clock/manual.ts';
import { MemoryJournal } from '../../../../src/adapters/journal/memory.ts';
import { CountriesPerPage } from '../../../../src/domain/cafe/admission/countries-per-page.ts';
import {
  GenerationPolicy,
  type GenerationRules,
} from '../../../../src/domain/cafe/admission/generation-policy.ts';
import { PageTokens, pageToken } from '../../../../src/domain/cafe/admission/page-token.ts';
import { SitePages } from '../../../../src/domain/cafe/admission/site-pages.ts';
import { countryByCode } from '../../../../src/domain/countries/country.ts';
import { AddressCounter } from '../../../../src/domain/limits/counters.ts';
import {
  type Asker,
  PageNames,
  type PageRequest,
  pageAt,
} from '../../../../src/domain/pages/page.ts';
import type { PageList, PageListing } from '../../../../src/domain/pages/page-list.ts';

const MINUTE = 60_000;
const [SECRET, OTHER] = ['a'.repeat(24), 'b'.repeat(24)];
const A = pageAt('/a', 'article');

/** A site whose list can be changed, fail or hang. */
class Site implements PageList {
  reads = 0;
  paths: string[] | Error | 'hangs';

  constructor(paths: string[] | Error | 'hangs') {
    this.paths = paths;
  }

  unread: string[] = [];
  skipped = { count: 0, examples: [] as string[] };

  async read(): Promise<PageListing> {
    this.reads += 1;
    if (this.paths === 'hangs') return new Promise(() => {});
    if (this.paths instanceof Error) throw this.paths;
    const { paths, skipped, unread } = this;
    return { paths, skipped, unread, isFeed: false };
  }

  close(): void {}
}

function openList(paths: string[] | Error | 'hangs') {
  const site = new Site(paths);
  const clock = new ManualClock(0);
  const journal = new MemoryJournal();
  const names = new PageNames();
  return { site, clock, journal, listed: new SitePages({ list: site, names, clock, journal }) };
}

describe('a page list', () => {
  it('has pages by their canonical paths, whatever their type', async () => {
    const { listed } = openList(['/', '/Caf%C3%A9/', '/posts//b/index.html', '/../c', '/d%2Fe']);
    const has = (path: string) => listed.has(pageAt(path, 'archive'));
    for (const path of ['/', '/index.html', '/café', '/caf%c3%a9/', '/posts/b', '/d%2fe?x=1']) {
      expect([path, await has(path)]).toEqual([path, true]);
    }
    for (const path of ['/posts', '/c', '/d/e', '/cafe']) {
      expect([path, await has(path)]).toEqual([path, false]);
    }
  });

  it('is read again for a page that is not on it, at most once a minute', async () => {
    const { site, clock, listed } = openList(['/b']);
    expect(await listed.has(A)).toBe(false);
    site.paths = ['/a'];
    for (let n = 0; n < 20; n += 1) expect(await listed.has(A)).toBe(false);
    expect(site.reads).toBe(1);
    await clock.advance(MINUTE);
    expect(await listed.has(A)).toBe(true);
    expect(site.reads).toBe(2);
  });

  it('is read again behind a reader once it is ten minutes old', async () => {
    const { site, clock, listed } = openList(['/a']);
    await listed.has(A);
    await clock.advance(10 * MINUTE - 1);
    await listed.has(A);
    expect(site.reads).toBe(1);
    await clock.advance(1);
    site.paths = 'hangs';
    expect(await listed.has(A)).toBe(true);
    expect(site.reads).toBe(2);
  });

  it('is what it was where it cannot be read any more, which is told once', async () => {
    const { site, clock, journal, listed } = openList(['/a']);
    await listed.has(A);
    site.paths = new Error('away');
    for (let n = 0; n < 3; n += 1) {
      await clock.advance(10 * MINUTE);
      expect(await listed.has(A)).toBe(true);
    }
    await listed.refresh();
    expect(journal.events).toMatchObject([{ event: 'page_list_failed', known: 1 }]);
    site.paths = ['/b'];
    await clock.advance(10 * MINUTE);
    await listed.refresh();
    expect(await listed.has(A)).toBe(false);
  });

  it('is what it was where it is empty, which is told', async () => {
    const { site, clock, journal, listed } = openList(['/a']);
    await listed.has(A);
    site.paths = [];
    await clock.advance(10 * MINUTE);
    await listed.refresh();
    expect(await listed.has(A)).toBe(true);
    const cause = expect.objectContaining({ message: expect.stringMatching(/no page/) });
    expect(journal.events).toMatchObject([{ event: 'page_list_failed', known: 1, cause }]);
  });

  it('says once how many locations name no page', async () => {
    const { site, clock, journal, listed } = openList(['/a']);
    site.skipped = { count: 3, examples: ['mailto:x'] };
    for (let n = 0; n < 3; n += 1) {
      await listed.refresh();
      await clock.advance(10 * MINUTE);
    }
    const message = "The site's sitemap: 3 of 4 locations name no page: mailto:x";
    expect(journal.events).toMatchObject([{ event: 'notice', message }]);
    site.skipped = { count: 0, examples: [] };
    await listed.refresh();
    await clock.advance(10 * MINUTE);
    site.skipped = { count: 1, examples: ['x'] };
    await listed.refresh();
    expect(journal.events).toHaveLength(2);
  });

  it('turns no page away while a part of it cannot be read, which is told once', async () => {
    const { site, clock, journal, listed } = openList(['/b']);
    site.unread = ['https://blog.example/posts.xml cannot be read: it answers 404'];
    for (let n = 0; n < 2; n += 1) {
      expect([await listed.has(A), listed.lists('/a')]).toEqual([true, false]);
      await clock.advance(10 * MINUTE);
    }
    expect(journal.events).toMatchObject([
      { event: 'notice', message: expect.stringMatching(/posts\.xml cannot be read/) },
    ]);
    site.unread = [];
    await clock.advance(MINUTE);
    await listed.refresh();
    expect(await listed.has(A)).toBe(false);
  });

  it('has nothing before it was read for the first time', async () => {
    const { site, clock, listed } = openList(new Error('away'));
    expect(await listed.has(A)).toBe(false);
    site.paths = ['/a'];
    await clock.advance(MINUTE);
    expect(await listed.has(A)).toBe(true);
  });

  it('keeps nobody waiting for more than five seconds', async () => {
    const { clock, listed } = openList('hangs');
    let answer: boolean | undefined;
    void listed.has(A).then((has) => {
      answer = has;
    });
    await clock.advance(4_999);
    expect(answer).toBeUndefined();
    await clock.advance(1);
    expect(answer).toBe(false);
  });

  it('names each page once, with the type that the element takes it for', () => {
    const paths = ['/', '/a', '/a/', '/page/2', '/page/3/index.html', '/page/x', '/..', '/pages/2'];
    expect(new PageNames().allAt(paths).map(({ type, path }) => `${type} ${path}`)).toEqual([
      'index /',
      'article /a',
      'archive /page/2',
      'archive /page/3',
      'article /page/x',
      'article /pages/2',
    ]);
  });
});

describe("a page's token", () => {
  it('is half of an HMAC over type and canonical path', () => {
    const hmac = createHmac('sha256', SECRET).update('article\n/a').digest();
    expect(pageToken(SECRET, pageAt('//A/index.html?x', 'article'))).toBe(
      hmac.subarray(0, 16).toString('base64url'),
    );
  });

  it('is valid with either secret, for its page alone', () => {
    const tokens = new PageTokens([OTHER, SECRET]);
    const token = pageToken(SECRET, A);
    expect(tokens.isTokenOf(A, token)).toBe(true);
    expect(tokens.isTokenOf(A, pageToken(OTHER, A))).toBe(true);
    expect(new PageTokens([OTHER]).isTokenOf(A, token)).toBe(false);
    expect(tokens.isTokenOf(pageAt('/b', 'article'), token)).toBe(false);
    expect(tokens.isTokenOf(pageAt('/a', 'index'), token)).toBe(false);
    const others = ['', token.slice(1), `${token}AA`, `${token}x`.repeat(99), token.toUpperCase()];
    for (const other of others) expect(tokens.isTokenOf(A, other)).toBe(false);
  });
});

describe('an address', () => {
  const open = (capacity = 10) => {
    const clock = new ManualClock(0);
    return { clock, counts: new AddressCounter({ clock, windowMs: MINUTE, capacity }) };
  };

  it('tells IPv4 addresses apart, also as a socket for both families names them', () => {
    const { counts } = open();
    counts.add('::ffff:10.0.0.1');
    expect(
      ['10.0.0.1', '::ffff:10.0.0.1', '::ffff:10.0.0.2', '::1'].map((a) => counts.of(a)),
    ).toEqual([1, 1, 0, 0]);
  });

  it('counts alone, until its window ends', async () => {
    const { clock, counts } = open();
    counts.add('1.2.3.4');
    await clock.advance(MINUTE - 1);
    counts.add('1.2.3.4');
    expect([counts.of('1.2.3.4'), counts.of('1.2.3.5')]).toEqual([2, 0]);
    clock.jump(-MINUTE);
    await clock.advance(1);
    expect(counts.of('1.2.3.4')).toBe(0);
  });

  it('counts together with all of its /64 in IPv6', () => {
    const { counts } = open();
    counts.add('2a00:1:2:3::1');
    counts.add('2a00:1:2:3:ffff:ffff:ffff:ffff');
    expect(counts.of('2a00:1:2:3::9')).toBe(2);
    expect(counts.of('2a00:1:2:4::1')).toBe(0);
    counts.add('2a00::1');
    expect([counts.of('2a00:0:0:0:1::'), counts.of('2a00:0:0:1::')]).toEqual([1, 0]);
  });

  it('is forgotten when there are too many', () => {
    const { counts } = open(3);
    for (const address of ['a', 'b', 'c', 'd']) counts.add(address);
    expect(['a', 'b', 'c', 'd'].map((address) => counts.of(address))).toEqual([0, 1, 1, 1]);
  });
});

describe('the policy', () => {
  const READER: Asker = { address: '1.2.3.4', isBot: false, token: undefined };
  const NOTHING: GenerationRules = {
    botsMaySpend: true,
    tokens: undefined,
    listed: undefined,
    countries: undefined,
    newPages: undefined,
  };
  const request = (asker: Partial<Asker> = {}, path = '/a', country = 'FR'): PageRequest => ({
    page: pageAt(path, 'article'),
    country: countryByCode(country),
    countryIsReliable: true,
    key: 'k',
    asker: { ...READER, ...asker },
  });
  function open(rules: Partial<GenerationRules>) {
    const journal = new MemoryJournal();
    return { journal, policy: new GenerationPolicy({ ...NOTHING, ...rules }, journal) };
  }

  it('turns nobody away that it was not told to', async () => {
    const { journal, policy } = open({});
    expect(await policy.allows(request({ isBot: true, address: undefined }))).toBe(true);
    expect(journal.events).toEqual([]);
  });

  it('turns away bots, and says so without their address', async () => {
    const { journal, policy } = open({ botsMaySpend: false });
    expect(await policy.allows(request({ isBot: true }))).toBe(false);
    expect(await policy.allows(request())).toBe(true);
    const page = { type: 'article', path: '/a' };
    expect(journal.events).toEqual([
      { event: 'purchase_refused', reason: 'bot', page, country: 'FR' },
    ]);
  });

  it('takes either proof of a page', async () => {
    const { listed, site } = openList(['/listed']);
    const { policy } = open({ listed, tokens: new PageTokens([SECRET]) });
    expect(await policy.allows(request({}, '/listed'))).toBe(true);
    expect(await policy.allows(request({ token: 'x' }, '/other'))).toBe(false);
    const { reads } = site;
    const token = pageToken(SECRET, pageAt('/other', 'article'));
    expect(await policy.allows(request({ token }, '/other'))).toBe(true);
    expect(site.reads).toBe(reads);
  });

  it('asks for a token where there is no list', async () => {
    const { journal, policy } = open({ tokens: new PageTokens([SECRET]) });
    expect(await policy.allows(request())).toBe(false);
    expect(journal.events).toMatchObject([{ reason: 'unknown_page' }]);
    expect(await policy.allows(request({ token: pageToken(SECRET, A) }))).toBe(true);
  });

  it('lets an address have so many new pages, and all without one together', async () => {
    const clock = new ManualClock(0);
    const counts = new AddressCounter({ clock, windowMs: 60 * MINUTE, capacity: 10 });
    const { journal, policy } = open({ newPages: { counts, most: 2 } });
    for (const address of ['1.2.3.4', undefined]) {
      const allowed: boolean[] = [];
      for (let n = 0; n < 3; n += 1)
        allowed.push(await policy.allows(request({ address }, `/${n}`)));
      expect(allowed).toEqual([true, true, false]);
    }
    expect(await policy.allows(request({ address: '1.2.3.5' }))).toBe(true);
    expect(journal.events).toMatchObject([
      { reason: 'too_many_pages' },
      { reason: 'too_many_pages' },
    ]);
    await clock.advance(60 * MINUTE);
    expect(await policy.allows(request())).toBe(true);
  });

  it('lets a page have so many countries a day, nowhere being one', async () => {
    const clock = new ManualClock(0);
    const counts = new AddressCounter({ clock, windowMs: 60 * MINUTE, capacity: 10 });
    const { journal, policy } = open({
      countries: new CountriesPerPage({ most: 2, clock }),
      newPages: { counts, most: 5 },
    });
    const allowed: boolean[] = [];
    for (const code of ['FR', 'none', 'FR', 'JP', 'GN']) {
      allowed.push(await policy.allows(request({}, '/a', code)));
    }
    expect(allowed).toEqual([true, true, true, false, false]);
    expect(journal.events).toMatchObject([{ reason: 'too_many_countries' }, { country: 'GN' }]);
    // What was refused used up nothing of the address's.
    expect(counts.of(READER.address ?? '')).toBe(3);
    expect(await policy.allows(request({}, '/b', 'JP'))).toBe(true);
    await clock.advance(24 * 60 * MINUTE);
    expect(await policy.allows(request({}, '/a', 'JP'))).toBe(true);
  });

  it('is not for the owner', async () => {
    const { policy } = open({ tokens: new PageTokens([SECRET]), botsMaySpend: false });
    const { asker: _, ...owners } = request();
    expect(await policy.allows(owners)).toBe(true);
  });
});
