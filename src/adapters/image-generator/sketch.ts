import type {
  GeneratedImage,
  ImageGenerator,
  ImageRequest,
} from '../../domain/ports/image-generator.ts';
import { grainTile } from './sketch/light.ts';
import { composeScene } from './sketch/scene.ts';
import { SIDE } from './sketch/tables/table.ts';

/**
 * Draws a set table by itself: no account, no network, no cost. The same prompt and seed always
 * give the same picture.
 */
export class SketchImageGenerator implements ImageGenerator {
  readonly model = 'sketch';
  readonly dearestMicroUsd = 0;

  async generate({ prompt, seed }: ImageRequest): Promise<GeneratedImage> {
    // Loaded late, for it is the one dependency here that takes time to start.
    const { default: sharp } = await import('sharp');
    const { drawing, light } = composeScene(prompt, seed);
    const [lightLayer, grain] = await Promise.all([
      sharp(Buffer.from(light))
        .resize(SIDE, SIDE, { kernel: 'cubic' })
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true }),
      sharp(Buffer.from(grainTile())).removeAlpha().raw().toBuffer({ resolveWithObject: true }),
    ]);
    const bytes = await sharp(Buffer.from(drawing))
      .removeAlpha()
      .composite([
        { input: lightLayer.data, raw: lightLayer.info, blend: 'soft-light' },
        { input: grain.data, raw: grain.info, blend: 'soft-light', tile: true },
      ])
      .removeAlpha()
      .png({ compressionLevel: 9 })
      .toBuffer();
    return { bytes, width: SIDE, height: SIDE, model: this.model, costMicroUsd: 0 };
  }
}
