import sharp from 'sharp';
import { thumbHashToRGBA } from 'thumbhash';
import { describe, expect, it } from 'vitest';
import type { RenditionMaker } from '../../src/domain/images/rendition-maker.ts';
import { pngChunk, pngHeader, pngOf, tinyPng } from '../support/tiny-png.ts';

/** What every rendition maker must do; see the port. */
export function renditionMakerContract(name: string, open: () => RenditionMaker): void {
  describe(`${name} as a rendition maker`, () => {
    it.each([
      [
        'every width for a picture as wide as the widest',
        1024,
        1024,
        ['480x480', '768x768', '1024x1024'],
      ],
      ['sizes as high as the shape wants', 1536, 1024, ['480x320', '768x512', '1024x683']],
      ['no size that is wider than the picture', 800, 1200, ['480x720', '768x1152']],
      ['no size at all for a picture narrower than all', 479, 300, []],
    ])('makes %s', async (_, width, height, sizes) => {
      const { webps } = await open().make(tinyPng({ width, height }));
      const made = await Promise.all(webps.map(({ bytes }) => sharp(bytes).metadata()));
      expect(made.map(({ width, height }) => `${width}x${height}`)).toEqual(sizes);
      expect(webps.map(({ width }) => width)).toEqual(made.map(({ width }) => width));
      for (const { format } of made) expect(format).toBe('webp');
    });

    it.each([
      [1024, 1024],
      [16, 16],
      [1, 1],
      [3000, 2],
    ])('makes a card and a ThumbHash of %d by %d pixels, too', async (width, height) => {
      const { card, thumbhash } = await open().make(tinyPng({ width, height }));
      expect(await sharp(card).metadata()).toMatchObject({
        format: 'jpeg',
        width: 1200,
        height: 630,
      });
      const { w, h } = thumbHashToRGBA(Buffer.from(thumbhash, 'base64'));
      expect(Math.max(w, h)).toBe(32);
    });

    it('leaves what is transparent so, and fills it on the card', async () => {
      const channels = { r: 200, g: 0, b: 0, alpha: 0 };
      const png = await sharp({
        create: { width: 600, height: 600, channels: 4, background: channels },
      })
        .png()
        .toBuffer();
      const { webps, card } = await open().make(png);
      const [small] = await Promise.all(webps.map(({ bytes }) => sharp(bytes).stats()));
      expect(small?.isOpaque).toBe(false);
      const { dominant } = await sharp(card).stats();
      expect(Math.min(dominant.r, dominant.g, dominant.b)).toBeGreaterThan(240);
    });

    it('never changes the bytes it is given, wherever they lie', async () => {
      const png = tinyPng({ width: 500, height: 500, ballast: 1_000_000 });
      const around = new Uint8Array(png.length + 20).fill(7);
      around.set(png, 10);
      const before = around.slice();
      await open().make(around.subarray(10, -10));
      expect(Buffer.compare(around, before)).toBe(0);
    });

    it('makes several at once', async () => {
      const maker = open();
      const made = await Promise.all(
        [1, 2, 3, 4].map((seed) => maker.make(tinyPng({ width: 480, height: 480, seed }))),
      );
      expect(new Set(made.map(({ thumbhash }) => thumbhash)).size).toBe(4);
    });

    it('lets the event loop go on meanwhile', async () => {
      let turns = 0;
      const counting = setInterval(() => {
        turns += 1;
      }, 1);
      await open().make(tinyPng({ width: 2048, height: 2048 }));
      clearInterval(counting);
      expect(turns).toBeGreaterThan(10);
    });

    const whole = tinyPng({ width: 600, height: 600 });
    it.each<[string, Uint8Array]>([
      ['nothing', new Uint8Array()],
      ['text', Buffer.from('a dish, imagined')],
      ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
      ['a signature alone', whole.subarray(0, 8)],
      ['a PNG that is cut off', whole.subarray(0, whole.length - 40)],
      ['a PNG whose data is damaged', whole.map((byte, at) => (at > 60 ? byte ^ 0x55 : byte))],
      [
        'a PNG that says it is too large',
        pngOf(pngChunk('IHDR', pngHeader({ width: 4097, height: 4097 })), pngChunk('IEND')),
      ],
    ])('refuses %s', async (_, bytes) => {
      await expect(open().make(bytes)).rejects.toThrow();
    });
  });
}
