import { paintSketch } from '@bytesized-cafe/sketch-painter';
import { COUNTRIES, type Country, scopePhrase } from '../../domain/countries/country.ts';
import type {
  GeneratedImage,
  ImageGenerator,
  ImageRequest,
} from '../../domain/generation/image-generator.ts';
import { SKETCH_MODEL } from '../../domain/images/image-labels.ts';
import { GenerationError } from '../../domain/kernel/errors.ts';

/**
 * Draws a set table in this process: no account, no network, no cost. The same prompt and seed
 * always give the same image.
 */
export class SketchImageGenerator implements ImageGenerator {
  readonly model = SKETCH_MODEL;
  readonly dearestMicroUsd = 0;

  async generate({ prompt, seed }: ImageRequest): Promise<GeneratedImage> {
    try {
      const country = countryNamedIn(prompt)?.code;
      const sketch = await paintSketch({ theme: prompt, country, seed });
      return { ...sketch, model: this.model, costMicroUsd: 0 };
    } catch (cause) {
      throw new GenerationError('upstream_failed', 'not_drawn', { billing: 'refused', cause });
    }
  }
}

/** The country whose dish the prompt asks for; `undefined` if it asks for any in the world. */
export function countryNamedIn(prompt: string): Country | undefined {
  return COUNTRIES.find((country) => prompt.includes(` ${scopePhrase(country)},`));
}
