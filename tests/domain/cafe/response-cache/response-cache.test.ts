import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clock/manual.ts';
import { ResponseCache } from '../../../../src/domain/cafe/response-cache/response-cache.ts';
import type { PageImage, Renditions } from '../../../../src/domain/images/image-labels.ts';
import { ImageLifetime } from '../../../../src/domain/images/image-lifetime.ts';

const MINUTE = 60_000;
const image = (url: string) => ({
  url,
  source: 'stored' as const,
  picture: {
    country: undefined,
    width: undefined,
    height: undefined,
    model: undefined,
    renditions: undefined,
  },
  placed: true,
});

function open(options: { freshMs?: number; capacity?: number } = {}) {
  const clock = new ManualClock(0);
  return { clock, known: new ResponseCache({ clock, freshMs: MINUTE, capacity: 3, ...options }) };
}

type Opened = ReturnType<typeof open>;

/** What was just looked up. */
function remember(known: ResponseCache, key: string, found: PageImage): void {
  known.remember(key, found, known.withdrawals);
}

describe('a known page', () => {
  it('is fresh for a while, then to be checked, then forgotten', async () => {
    const { clock, known } = open();
    remember(known, 'a', image('a'));
    await clock.advance(MINUTE - 1);
    expect(known.recall('a')).toEqual({ image: image('a'), fresh: true });
    await clock.advance(1);
    expect(known.recall('a')).toEqual({ image: image('a'), fresh: false });
    await clock.advance(MINUTE);
    expect(known.recall('a')).toBeUndefined();
  });

  it('is given no longer than its picture is sure to be there', async () => {
    const { clock } = open();
    const life = new ImageLifetime({ lifetimeMs: 30 * 24 * 60 * MINUTE, clock });
    const known = new ResponseCache({ clock, freshMs: MINUTE, capacity: 3, life });
    const inMinutes = (minutes: number) => ({ expiresAt: clock.now() + (15 + minutes) * MINUTE });
    remember(known, 'a', { ...image('a'), life: inMinutes(1.5) });
    remember(known, 'b', { ...image('b'), life: inMinutes(0.5) });
    remember(known, 'c', { ...image('c'), life: inMinutes(-1) });
    expect(known.recall('a')).toEqual({ image: image('a'), fresh: true });
    expect(known.recall('b')).toEqual({ image: image('b'), fresh: false });
    expect(known.fresh('b')).toBeUndefined();
    expect(known.recall('c')).toBeUndefined();
    await clock.advance(0.5 * MINUTE);
    expect([known.recall('a')?.fresh, known.recall('b')]).toEqual([false, undefined]);
    await clock.advance(MINUTE);
    expect(known.recall('a')).toBeUndefined();
    // As ever, it is better than nothing while the store is away.
    expect(known.staleIfError('c')).toEqual(image('c'));
  });

  it('K9: does not age when the wall clock jumps', () => {
    const { clock, known } = open();
    remember(known, 'a', image('a'));
    clock.jump(24 * 60 * MINUTE);
    expect(known.recall('a')?.fresh).toBe(true);
  });

  it('is fresh again once it is remembered again', async () => {
    const { clock, known } = open();
    remember(known, 'a', image('a'));
    await clock.advance(1.5 * MINUTE);
    remember(known, 'a', image('b'));
    expect(known.recall('a')).toEqual({ image: image('b'), fresh: true });
  });

  it('P7: makes room for others when it was remembered longest ago', () => {
    const { known } = open();
    for (const key of ['a', 'b', 'c', 'a', 'd']) remember(known, key, image(key));
    expect(['a', 'b', 'c', 'd'].map((key) => known.recall(key) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it.each([
    'https://pictures.example/page-cache/article/a-france.png',
    'https://pictures.example/page-cache/article/a-france.png?v=0f8fad5b-d9cb-469f-a165-70867728950e',
    'https://cdn.example/page-cache/article/a-france.png/page-cache/article/a-france.png',
    'https://pictures.example/2026/11/21/another-page.png',
    '',
  ])('has its answer back as it was, with the URL %j', (url) => {
    const { known } = open();
    const key = 'page-cache/article/a-france.png';
    const of = {
      day: '2026/11/21',
      id: '0f8fad5b-d9cb-469f-a165-70867728950e',
      country: undefined,
    };
    const renditions = { of, widths: [480], thumbhash: '5TkGFwRYaIh' } as unknown as Renditions;
    const answers = [
      image(url),
      { ...image(url), source: 'fallback' as const, placed: false },
      {
        ...image(url),
        picture: {
          country: 'FR' as const,
          width: 1024,
          height: 1024,
          model: 'sketch',
          renditions: undefined,
        },
      },
      {
        ...image(url),
        picture: {
          country: 'JP' as const,
          width: 1024,
          height: undefined,
          model: undefined,
          renditions,
        },
      },
    ];
    for (const [n, answer] of answers.entries()) {
      remember(known, key, answer);
      if (n === 0) remember(known, 'b', image('https://pictures.example/b'));
      expect(known.recall(key)?.image).toEqual(answer);
      expect(known.fresh(key)?.url).toBe(url);
    }
    expect(known.recall('b')?.image).toEqual(image('https://pictures.example/b'));
  });

  it('can be forgotten', () => {
    const { known } = open();
    remember(known, 'a', image('a'));
    known.forget('a');
    expect(known.recall('a')).toBeUndefined();
  });

  it('is not remembered by whoever looked before it was withdrawn', () => {
    const { known } = open();
    const before = known.withdrawals;
    remember(known, 'a', image('a'));
    known.invalidate('a');
    expect(known.recall('a')).toBeUndefined();
    known.remember('a', image('a'), before);
    known.remember('b', image('b'), before);
    expect([known.recall('a'), known.recall('b')?.fresh]).toEqual([undefined, true]);
    remember(known, 'a', image('new'));
    expect(known.recall('a')?.image.url).toBe('new');
  });

  it.each([
    ['grows old', async ({ clock }: Opened) => clock.advance(MINUTE)],
    ['is forgotten', async ({ known }: Opened) => known.forget('a')],
    ['is withdrawn', async ({ known }: Opened) => known.invalidate('a')],
    ['is remembered anew', async ({ known }: Opened) => remember(known, 'a', image('b'))],
    [
      'makes room for others',
      async ({ known }: Opened) => {
        for (const key of ['b', 'c', 'd']) remember(known, key, image(key));
      },
    ],
  ])('is good to be kept until it %s', async (_, happens) => {
    const opened = open();
    remember(opened.known, 'a', image('a'));
    const kept = opened.known.fresh('a');
    if (!kept) throw new Error('It is not fresh');
    expect([kept.url, kept.whole(), opened.known.isFresh(kept)]).toEqual(['a', image('a'), true]);
    await happens(opened);
    expect(opened.known.isFresh(kept)).toBe(false);
  });

  it('is not remembered at all for zero seconds', () => {
    const { known } = open({ freshMs: 0 });
    remember(known, 'a', image('a'));
    expect(known.recall('a')).toBeUndefined();
  });
});
