import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedPng } from '../../src/adapters/image-generator/checked-png.ts';
import type {
  GeneratedImage,
  ImageGenerator,
  ImageRequest,
} from '../../src/domain/generation/image-generator.ts';
import { GenerationError } from '../../src/domain/kernel/errors.ts';

/** A generator under test. */
export interface GeneratorUnderTest {
  generator: ImageGenerator;
  close?(): Promise<void> | void;
}

/** One that calls somebody, who can be made to fail. */
export interface RemoteGeneratorUnderTest extends GeneratorUnderTest {
  /** All that was sent so far, one text a request. */
  sent(): string[];
  /** The next request is refused, provably. */
  refuseNext(): void;
  /** The next request is taken, and nothing comes back. */
  loseNext(): void;
  /** The next request is never answered. */
  hangNext(): void;
  /** Milliseconds that a call may take at most, as configured. */
  timeoutMs: number;
}

const PROMPT = 'Paint a dish that is popular in France.';
const SEED = 'page-cache/article/posts/example-article-france';

/** What every `ImageGenerator` promises. */
export function imageGeneratorContract(
  name: string,
  open: () => GeneratorUnderTest | Promise<GeneratorUnderTest>,
): void {
  describe(`${name} keeps the image generator's contract`, () => {
    let tested: GeneratorUnderTest;
    let generator: ImageGenerator;
    let announced: { model: string; dearestMicroUsd: number };
    let image: GeneratedImage;

    beforeAll(async () => {
      tested = await open();
      generator = tested.generator;
      announced = { model: generator.model, dearestMicroUsd: generator.dearestMicroUsd };
      image = await generator.generate(requestFor(generator));
    });
    afterAll(() => tested.close?.());

    it('resolves with a whole, valid PNG of the size it says', async () => {
      await expectWhole(image);
    });

    it('names the model and the price before it is asked', () => {
      expect(announced.model).toMatch(/\S/);
      expect(announced.dearestMicroUsd).toSatisfy(isCount);
    });

    it('names the model that made the picture, and costs no more than it said', () => {
      expect(image.model).toBe(announced.model);
      expect(image.costMicroUsd).toSatisfy(isCount);
      expect(image.costMicroUsd).toBeLessThanOrEqual(announced.dearestMicroUsd);
    });

    it('counts tokens in whole numbers where it counts them', () => {
      const { input, output } = image.tokens ?? { input: 0, output: 0 };
      expect([input, output]).toSatisfy((counts: number[]) => counts.every(isCount));
    });

    it('makes several pictures at once, each its own', async () => {
      const seeds = ['one', 'two', 'three', 'four'];
      const images = await Promise.all(
        seeds.map((seed) => generator.generate({ ...requestFor(generator), seed })),
      );
      for (const { bytes, width, height } of images) {
        expect(checkedPng(bytes)).toEqual({ width, height });
      }
      const different = new Set(images.map(({ bytes }) => Buffer.from(bytes).toString('base64')));
      expect(different.size).toBeGreaterThan(1);
      images[0]!.bytes.fill(0);
      for (const { bytes } of images.slice(1)) checkedPng(bytes);
    });
  });
}

/** What an `ImageGenerator` promises on top if it calls somebody. */
export function remoteImageGeneratorContract(
  name: string,
  open: () => RemoteGeneratorUnderTest | Promise<RemoteGeneratorUnderTest>,
): void {
  imageGeneratorContract(name, open);

  describe(`${name} keeps the contract of a generator that calls somebody`, () => {
    let tested: RemoteGeneratorUnderTest;
    let generator: ImageGenerator;

    beforeAll(async () => {
      tested = await open();
      generator = tested.generator;
    });
    afterAll(() => tested.close?.());

    it('sends the prompt, and never the seed', async () => {
      await generator.generate(requestFor(generator));
      const sent = tested.sent();
      expect(sent.join()).toContain(PROMPT);
      expect(sent.join()).not.toMatch(/seed|page-cache|example-article/i);
    });

    it('says of a refusal that it cost nothing', async () => {
      tested.refuseNext();
      const error = await failureOf(generator);
      expect(error).toMatchObject({ code: 'upstream_failed', billing: 'refused' });
    });

    it('sends nothing where its caller says no at the last moment', async () => {
      const before = tested.sent().length;
      const reason = new Error('not wanted any more');
      const beforeCall = () => Promise.reject(reason);
      const call = generator.generate({ ...requestFor(generator), beforeCall });
      await expect(call).rejects.toBe(reason);
      expect(tested.sent().length).toBe(before);
    });

    it('does not know what a lost answer cost, and makes no second call', async () => {
      const before = tested.sent().length;
      tested.loseNext();
      const error = await failureOf(generator);
      expect(error).toMatchObject({ code: 'upstream_failed', billing: 'unknown' });
      expect(tested.sent().length - before).toBe(1);
    });

    it('ends within its time, and makes no second call', async () => {
      const before = tested.sent().length;
      tested.hangNext();
      const error = await failureOf(generator);
      expect(error).toMatchObject({ code: 'generation_timeout', billing: 'unknown' });
      expect(tested.sent().length - before).toBe(1);
    });

    it('makes pictures again after a failure', async () => {
      tested.refuseNext();
      await failureOf(generator);
      await expectWhole(await generator.generate(requestFor(generator)));
    });
  });
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Decoded to the last pixel, by somebody else's decoder. */
async function expectWhole({ bytes, width, height }: GeneratedImage): Promise<void> {
  expect(checkedPng(bytes)).toEqual({ width, height });
  const { info } = await sharp(bytes, { failOn: 'warning' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([width, height]);
}

async function failureOf(generator: ImageGenerator): Promise<GenerationError> {
  const error = await generator.generate(requestFor(generator)).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(GenerationError);
  const failure = error as GenerationError;
  expect(failure.reason).toMatch(/^[a-z_]+$/);
  return failure;
}

function requestFor({ dearestMicroUsd }: ImageGenerator): ImageRequest {
  return { prompt: PROMPT, seed: SEED, reservedMicroUsd: dearestMicroUsd };
}
