import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { SketchImageGenerator } from '../../src/adapters/image-generator/sketch.ts';
import { SharpRenditionMaker } from '../../src/adapters/rendition-maker/sharp.ts';

const KIB = 1024;

describe('renditions by sharp', () => {
  it('are a fraction of a drawn picture, and look like it', async () => {
    const request = { prompt: 'A dish popular in Japan', seed: 'a', reservedMicroUsd: 0 };
    const { bytes: png } = await new SketchImageGenerator().generate(request);
    expect(png.length).toBeGreaterThan(1000 * KIB);
    const { webps, card } = await new SharpRenditionMaker().make(png);
    const sizes = webps.map(({ bytes }) => bytes.length / KIB);
    for (const [n, most] of [60, 110, 170].entries()) expect(sizes[n]).toBeLessThan(most);
    expect(card.length / KIB).toBeLessThan(200);
    for (const { width, bytes } of webps) {
      const pixels = (input: Uint8Array) =>
        sharp(input).resize(width).removeAlpha().raw().toBuffer();
      const [there, here] = await Promise.all([pixels(png), pixels(bytes)]);
      const off = there.reduce((sum, value, at) => sum + (value - (here[at] ?? 0)) ** 2, 0);
      // Of 255; what is not the same picture is off by tens.
      expect(Math.sqrt(off / there.length)).toBeLessThan(9);
    }
  });

  it.each([
    ['grey', (png: Sharp) => png.toColourspace('b-w').png()],
    ['grey with 16 bits', (png: Sharp) => png.toColourspace('grey16').png()],
    ['with 16 bits', (png: Sharp) => png.toColourspace('rgb16').png()],
    ['in a palette', (png: Sharp) => png.png({ palette: true, colours: 16 })],
    ['interlaced', (png: Sharp) => png.png({ progressive: true })],
    ['with a profile of its own', (png: Sharp) => png.withIccProfile('p3').png()],
  ])('are made of pictures that are %s', async (_, encode) => {
    const background = { r: 200, g: 200, b: 200 };
    const plain = sharp({ create: { width: 500, height: 500, channels: 3, background } });
    const { webps, card } = await new SharpRenditionMaker().make(await encode(plain).toBuffer());
    expect(webps.map(({ width }) => width)).toEqual([480]);
    for (const bytes of [webps[0]?.bytes ?? new Uint8Array(), card]) {
      const { channels } = await sharp(bytes).stats();
      const { mean: red = 0 } = channels[0] ?? {};
      expect(Math.abs(red - 200)).toBeLessThan(8);
    }
  });
});
