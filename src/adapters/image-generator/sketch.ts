import type {
  GeneratedImage,
  ImageGenerator,
  ImageRequest,
} from '../../domain/generation/image-generator.ts';
import { SKETCH_MODEL } from '../../domain/images/image-credit.ts';
import { GenerationError } from '../../domain/kernel/errors.ts';
import { grainTile } from './sketch/light.ts';
import { composeScene } from './sketch/scene.ts';
import { SIDE } from './sketch/tables/table.ts';

/** Makes colours a sixth more saturated and leaves their lightness. */
const RICHER: [[number, number, number], [number, number, number], [number, number, number]] = [
  [1.131, -0.119, -0.012],
  [-0.035, 1.047, -0.012],
  [-0.035, -0.119, 1.154],
];

/**
 * Draws a set table by itself: no account, no network, no cost. The same prompt and seed always
 * give the same picture.
 */
export class SketchImageGenerator implements ImageGenerator {
  readonly model = SKETCH_MODEL;
  readonly dearestMicroUsd = 0;

  async generate(request: ImageRequest): Promise<GeneratedImage> {
    try {
      const bytes = await paint(request);
      return { bytes, width: SIDE, height: SIDE, model: this.model, costMicroUsd: 0 };
    } catch (cause) {
      throw new GenerationError('upstream_failed', 'not_drawn', { billing: 'refused', cause });
    }
  }
}

async function paint({ prompt, seed }: ImageRequest): Promise<Uint8Array> {
  // Loaded late, for it is the one dependency here that takes time to start.
  const { default: sharp } = await import('sharp');
  const pixelsOf = (svg: string) =>
    sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });

  const { drawing, light } = composeScene(prompt, seed);
  const [smallLight, grain] = await Promise.all([pixelsOf(light), pixelsOf(grainTile())]);
  // Enlarged as pixels: as SVG it would be drawn, and blurred, at full size.
  const wholeLight = await sharp(smallLight.data, { raw: smallLight.info })
    .resize(SIDE, SIDE, { kernel: 'cubic' })
    .raw()
    .toBuffer({ resolveWithObject: true });

  return sharp(Buffer.from(drawing))
    .removeAlpha()
    .recomb(RICHER)
    .composite([
      { input: wholeLight.data, raw: wholeLight.info, blend: 'soft-light' },
      { input: grain.data, raw: grain.info, blend: 'soft-light', tile: true },
    ])
    .removeAlpha()
    .png({ compressionLevel: 6, adaptiveFiltering: true })
    .toBuffer();
}
