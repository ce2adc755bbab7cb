/**
 * Prices of OpenAI's image models, from its pricing and model pages of this date. All amounts are in whole
 * millionths of a US dollar, rounded up.
 */
export const PRICES_AS_OF = '2026-11-29';

/** US dollars per million tokens, which is millionths of a dollar per token. */
interface TokenPrices {
  textIn: number;
  imageIn: number;
  textOut: number;
  imageOut: number;
}

/** Whether a model supports transparent backgrounds; `disputed` if reports differ. */
export type Transparency = 'yes' | 'preview' | 'disputed';

const QUALITIES = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
type Quality = (typeof QUALITIES)[number];
/** Qualities that all models support. */
type UsualQuality = Exclude<Quality, 'xhigh' | 'max'>;

const SHAPES = { square: '1024x1024', portrait: '1024x1536', landscape: '1536x1024' } as const;
type Shape = keyof typeof SHAPES;
const SQUARE_PIXELS = 1024 * 1024;

/** Prices by quality. */
type QualityPrices = Readonly<
  Record<UsualQuality, number> & Partial<Record<Exclude<Quality, UsualQuality>, number>>
>;
type PicturePrices = Readonly<Record<Shape, QualityPrices>>;

interface ModelPrices {
  tokens: TokenPrices;
  /** Price of the image without text tokens. Absent if no price is published. */
  pictures?: PicturePrices;
  transparency: Transparency;
}

/** Published prices are rounded to three decimals, so the real price may be this much higher. */
const DOLLARS_ROUNDED_BY = 500;

function dollars(low: number, medium: number, high: number) {
  const price = (usd: number) => Math.round(usd * 1e6) + DOLLARS_ROUNDED_BY;
  return { low: price(low), medium: price(medium), high: price(high) };
}

function tokensAt(price: number, low: number, medium: number, high: number) {
  return { low: low * price, medium: medium * price, high: high * price };
}

const GPT_IMAGE_1_5: ModelPrices = {
  tokens: { textIn: 5, imageIn: 8, textOut: 10, imageOut: 32 },
  pictures: {
    square: tokensAt(32, 272, 1056, 4160),
    portrait: tokensAt(32, 408, 1584, 6240),
    landscape: tokensAt(32, 400, 1568, 6208),
  },
  transparency: 'yes',
};

/** Text output is reportedly not billed, but counted here as a precaution. */
const GPT_IMAGE_2_TOKENS: TokenPrices = { textIn: 5, imageIn: 8, textOut: 10, imageOut: 30 };

/**
 * Prices from the tokens of a square image. Other shapes use about 20% fewer tokens, but this is not
 * published, so they count like the square.
 */
function shapelessPictures(...tokens: readonly [number, number, number, number, number]) {
  const [low, medium, high, xhigh, max] = tokens.map(
    (count) => count * GPT_IMAGE_2_TOKENS.imageOut,
  );
  const prices = { low, medium, high, xhigh, max } as Required<QualityPrices>;
  return { square: prices, portrait: prices, landscape: prices };
}

const GPT_IMAGE_2_5: ModelPrices = {
  tokens: GPT_IMAGE_2_TOKENS,
  pictures: shapelessPictures(196, 439, 1756, 3122, 7024),
  transparency: 'disputed',
};

/** The two lower qualities reportedly use three to four times the tokens of 2.5, so count four times. */
const GPT_IMAGE_2_6: ModelPrices = {
  tokens: GPT_IMAGE_2_TOKENS,
  pictures: shapelessPictures(4 * 196, 4 * 439, 1756, 3122, 7024),
  transparency: 'disputed',
};

const TABLE: Readonly<Record<string, ModelPrices>> = {
  'gpt-image-1.5': GPT_IMAGE_1_5,
  'chatgpt-image-latest': GPT_IMAGE_1_5,
  'gpt-image-1-mini': {
    tokens: { textIn: 2, imageIn: 2.5, textOut: 8, imageOut: 8 },
    pictures: {
      square: dollars(0.005, 0.011, 0.036),
      portrait: dollars(0.006, 0.015, 0.052),
      landscape: dollars(0.006, 0.015, 0.052),
    },
    transparency: 'yes',
  },
  'gpt-image-2': {
    tokens: GPT_IMAGE_2_TOKENS,
    // Not a mistake: the larger images are cheaper.
    pictures: {
      square: dollars(0.006, 0.053, 0.211),
      portrait: dollars(0.005, 0.041, 0.165),
      landscape: dollars(0.005, 0.041, 0.165),
    },
    transparency: 'preview',
  },
  'gpt-image-2.5-flare': GPT_IMAGE_2_5,
  'gpt-image-2.5-sunburst': GPT_IMAGE_2_5,
  'gpt-image-2.6-flare': GPT_IMAGE_2_6,
  'gpt-image-2.6-sunburst': GPT_IMAGE_2_6,
};

const KNOWN = Object.values(TABLE);

/** Used for unknown models: the highest known price, so that unknown prices are never underestimated. */
const DEAREST_TOKENS: TokenPrices = {
  textIn: Math.max(...KNOWN.map(({ tokens }) => tokens.textIn)),
  imageIn: Math.max(...KNOWN.map(({ tokens }) => tokens.imageIn)),
  textOut: Math.max(...KNOWN.map(({ tokens }) => tokens.textOut)),
  imageOut: Math.max(...KNOWN.map(({ tokens }) => tokens.imageOut)),
};

/** Text tokens reserved for each call, for input and for output. The default prompt has about 150. */
const TEXT_TOKENS_ALLOWED = 512;

/** A dated snapshot has the price of its model. */
function entryFor(model: string): ModelPrices | undefined {
  const name = model.replace(/-\d{4}-\d{2}-\d{2}$/, '');
  return Object.hasOwn(TABLE, name) ? TABLE[name] : undefined;
}

/** A price in the table. For an unsupported quality, the highest price of the model. */
function cell(pictures: PicturePrices | undefined, shape: Shape, quality: Quality): number {
  const prices: Partial<Record<Quality, number>> = pictures?.[shape] ?? {};
  return prices[quality] ?? Math.max(0, ...Object.values(prices));
}

/** For an unknown model, the highest price of all models. */
function priceOf(model: string, shape: Shape, quality: Quality): number {
  const known = entryFor(model);
  const models = known?.pictures ? [known] : KNOWN;
  return Math.max(...models.map(({ pictures }) => cell(pictures, shape, quality)));
}

/** An unknown quality, or `auto`, may result in any of the known ones. */
function qualitiesFor(quality: string): readonly Quality[] {
  const known = QUALITIES.find((candidate) => candidate === quality);
  return known ? [known] : QUALITIES;
}

/** Whether a model supports a quality; `true` for unknown models. */
export function hasQuality(model: string, quality: string): boolean {
  const prices = entryFor(model)?.pictures?.square;
  return prices === undefined || quality === 'auto' || Object.hasOwn(prices, quality);
}

/** The possible shapes of a size, and a factor for sizes larger than in the table. */
function shapesFor(size: string): { shapes: Shape[]; factor: number } {
  const all: Shape[] = ['square', 'portrait', 'landscape'];
  const known = all.filter((shape) => SHAPES[shape] === size);
  if (known.length > 0) return { shapes: known, factor: 1 };
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(size) ?? [];
  return {
    shapes: all,
    factor: Math.max(1, (Number(width) * Number(height)) / SQUARE_PIXELS || 1),
  };
}

/**
 * The maximum price of one image, without text tokens. For `auto` and unknown values of `quality` and
 * `size`, the highest possible price.
 */
export function picturePriceMicroUsd(model: string, quality: string, size: string): number {
  const { shapes, factor } = shapesFor(size);
  const prices = shapes.flatMap((shape) =>
    qualitiesFor(quality).map((candidate) => priceOf(model, shape, candidate)),
  );
  return Math.ceil(Math.max(...prices) * factor);
}

/** The maximum price of one call: the image and a generous number of text tokens. */
export function callPriceMicroUsd(model: string, quality: string, size: string): number {
  const { textIn, textOut } = entryFor(model)?.tokens ?? DEAREST_TOKENS;
  const words = TEXT_TOKENS_ALLOWED * (textIn + textOut);
  return picturePriceMicroUsd(model, quality, size) + Math.ceil(words);
}

/** Billed tokens of one call. Tokens that are not split into text and images count at the higher price. */
export interface TokenUsage {
  input: number;
  output: number;
  inputText?: number;
  inputImage?: number;
  outputText?: number;
  outputImage?: number;
}

/** The cost of a call's tokens. */
export function usageCostMicroUsd(model: string, usage: TokenUsage): number {
  const { textIn, imageIn, textOut, imageOut } = entryFor(model)?.tokens ?? DEAREST_TOKENS;
  const sideCost = (total: number, text = 0, image = 0, textPrice = 0, imagePrice = 0) =>
    text * textPrice +
    image * imagePrice +
    Math.max(0, total - text - image) * Math.max(textPrice, imagePrice);
  return Math.ceil(
    sideCost(usage.input, usage.inputText, usage.inputImage, textIn, imageIn) +
      sideCost(usage.output, usage.outputText, usage.outputImage, textOut, imageOut),
  );
}

/** Whether a model supports transparent backgrounds; `disputed` for unknown models. */
export function transparencyOf(model: string): Transparency {
  return entryFor(model)?.transparency ?? 'disputed';
}
