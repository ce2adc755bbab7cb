import { grainTile } from './light.ts';
import { composeScene, type SketchRequest } from './scene.ts';
import { SIDE } from './tables/table.ts';

export type { SketchRequest };

export interface Sketch {
  /** An opaque PNG with eight bits a channel. */
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Raises saturation by a sixth and keeps lightness. */
const RICHER: [[number, number, number], [number, number, number], [number, number, number]] = [
  [1.131, -0.119, -0.012],
  [-0.035, 1.047, -0.012],
  [-0.035, -0.119, 1.154],
];

/** Draws a set table. The same request always gives the same picture. */
export async function paintSketch(request: SketchRequest): Promise<Sketch> {
  // Loaded on first use: sharp is the only dependency that is slow to load.
  const { default: sharp } = await import('sharp');
  const pixelsOf = (svg: string) =>
    sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });

  const { drawing, light } = composeScene(request);
  const [smallLight, grain] = await Promise.all([pixelsOf(light), pixelsOf(grainTile())]);
  // Enlarged as pixels: as an SVG, the light would be drawn and blurred at full size, which is slow.
  const wholeLight = await sharp(smallLight.data, { raw: smallLight.info })
    .resize(SIDE, SIDE, { kernel: 'cubic' })
    .raw()
    .toBuffer({ resolveWithObject: true });

  const bytes = await sharp(Buffer.from(drawing))
    .removeAlpha()
    .recomb(RICHER)
    .composite([
      { input: wholeLight.data, raw: wholeLight.info, blend: 'soft-light' },
      { input: grain.data, raw: grain.info, blend: 'soft-light', tile: true },
    ])
    .removeAlpha()
    .png({ compressionLevel: 6, adaptiveFiltering: true })
    .toBuffer();
  return { bytes, width: SIDE, height: SIDE };
}
