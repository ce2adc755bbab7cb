import { describe, expect, it } from 'vitest';
import { RecentImages } from '../../../../src/domain/cafe/pool/recent-images.ts';

const idAt = (place: number) => ({ id: `picture ${place}` });

/** So many choices in a row, each of them shown. */
function show(recent: RecentImages, times: number, among: number): string[] {
  return Array.from({ length: times }, () => {
    const { id } = recent.choose(among, idAt)!;
    recent.note(id);
    return id;
  });
}

describe('the choice among pictures that were shown lately', () => {
  it.each([1, 2, 20, 128])('never repeats one of %i within as many choices', (among) => {
    const shown = show(new RecentImages(), 3 * among + 5, among);
    for (let from = 0; from + among <= shown.length; from += 1) {
      expect(new Set(shown.slice(from, from + among)).size).toBe(among);
    }
  });

  it('remembers 128, and is random beyond that', () => {
    const recent = new RecentImages();
    const first = show(recent, 128, 1000);
    expect(new Set(first).size).toBe(128);
    expect(new Set(show(recent, 128, 1000)).size).toBe(128);
    expect(show(new RecentImages(), 128, 1000)).not.toEqual(first);
  });

  it('avoids what was shown in another way', () => {
    for (let n = 0; n < 20; n += 1) {
      const recent = new RecentImages();
      for (const place of [0, 1, 3]) recent.note(idAt(place).id);
      expect(recent.choose(4, idAt)).toEqual(idAt(2));
    }
  });

  it('is nothing where there is nothing', () => {
    expect(new RecentImages().choose(0, idAt)).toBeUndefined();
  });
});
