import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PackedImage, PackedImages } from '../../../../src/domain/cafe/pool/pool-index.ts';
import type { Day } from '../../../../src/domain/kernel/day.ts';

function all(pictures: PackedImages): PackedImage[] {
  return Array.from({ length: pictures.size }, (_, place) => pictures.at(place));
}

const textOf = ({ day, id }: PackedImage) => `${day}/${id}`;

describe('packed pictures', () => {
  it('are given back as they were added, whatever their digits', () => {
    const pictures = new PackedImages();
    const some: PackedImage[] = [
      { day: '2026/11/21', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
      { day: '2026/11/21', id: '00000000-0000-0000-0000-000000000000' },
      { day: '2999/99/99', id: '01234567-89ab-cdef-0123-456789abcdef' },
      { day: '0000/00/01', id: '80000000-0000-4000-8000-000000000001' },
    ];
    for (const picture of some) expect(pictures.add(picture)).toBe(true);
    expect(all(pictures)).toEqual(some);
  });

  it('hold each once, and the same id on two days twice', () => {
    const pictures = new PackedImages();
    const id = '01234567-89ab-4def-8123-456789abcdef';
    expect(pictures.add({ day: '2026/11/21', id })).toBe(true);
    expect(pictures.add({ day: '2026/11/21', id })).toBe(false);
    expect(pictures.add({ day: '2026/11/22', id })).toBe(true);
    expect(pictures.size).toBe(2);
  });

  it('are a set, whatever is added and deleted in whatever order', () => {
    // Few different ones, that differ in few bits: they meet, and get into each other's way.
    const picture = fc
      .record({ day: fc.constantFrom('2026/11/20', '2026/11/21'), low: fc.nat(60) })
      .map(({ day, low }) => ({
        day: day as Day,
        id: `00000000-0000-4000-8000-${String(low).padStart(12, '0')}`,
      }));
    const step = fc.record({ adds: fc.boolean(), picture });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
        const pictures = new PackedImages();
        const model = new Set<string>();
        for (const { adds, picture } of steps) {
          const text = textOf(picture);
          const wasThere = model.has(text);
          if (adds) model.add(text);
          else model.delete(text);
          const changed = adds ? pictures.add(picture) : pictures.delete(picture);
          expect(changed).toBe(wasThere !== adds);
        }
        expect(all(pictures).map(textOf).toSorted()).toEqual([...model].toSorted());
      }),
      { numRuns: 300 },
    );
  });
});
