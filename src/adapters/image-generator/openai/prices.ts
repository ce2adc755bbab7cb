/**
 * What OpenAI's image models cost, from its pricing and model pages as of the date below. All money
 * is in whole millionths of a US dollar, rounded up.
 */
export const PRICES_AS_OF = '2026-11-29';

/** US dollars per million tokens, which is millionths of a dollar per token. */
interface TokenPrices {
  textIn: number;
  imageIn: number;
  textOut: number;
  imageOut: number;
}

/** Whether pictures without a background can be had; `disputed` where reports differ. */
export type Transparency = 'yes' | 'preview' | 'disputed';

const QUALITIES = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
type Quality = (typeof QUALITIES)[number];
/** Those that every model has. */
type UsualQuality = Exclude<Quality, 'xhigh' | 'max'>;

const SHAPES = { square: '1024x1024', portrait: '1024x1536', landscape: '1536x1024' } as const;
type Shape = keyof typeof SHAPES;
const SQUARE_PIXELS = 1024 * 1024;

/** By quality; a model has no more than these. */
type QualityPrices = Readonly<
  Record<UsualQuality, number> & Partial<Record<Exclude<Quality, UsualQuality>, number>>
>;
type PicturePrices = Readonly<Record<Shape, QualityPrices>>;

interface ModelPrices {
  tokens: TokenPrices;
  /** The finished picture alone, without the words. Absent where no price has been published. */
  pictures?: PicturePrices;
  transparency: Transparency;
}

/** A published price of three decimals may stand for one up to half a thousandth higher. */
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

/** Output of text is reported as unbilled; it is counted all the same, so as not to be surprised. */
const GPT_IMAGE_2_TOKENS: TokenPrices = { textIn: 5, imageIn: 8, textOut: 10, imageOut: 30 };

/**
 * Tokens of a square picture by quality. Other shapes take about a fifth less, which is not published:
 * they count as much as the square.
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

/** Its two lower qualities are reported to take three to four times the tokens of 2.5: four count. */
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
    // The larger pictures really are the cheaper ones.
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

/** Stands in wherever a price is not known: nothing unknown is ever cheap, or free. */
const DEAREST_TOKENS: TokenPrices = {
  textIn: Math.max(...KNOWN.map(({ tokens }) => tokens.textIn)),
  imageIn: Math.max(...KNOWN.map(({ tokens }) => tokens.imageIn)),
  textOut: Math.max(...KNOWN.map(({ tokens }) => tokens.textOut)),
  imageOut: Math.max(...KNOWN.map(({ tokens }) => tokens.imageOut)),
};

/** Words in and words out that a call is reserved for; the cafe's own prompt has about 150. */
const TEXT_TOKENS_ALLOWED = 512;

/** A dated snapshot costs what its model costs. */
function entryFor(model: string): ModelPrices | undefined {
  const name = model.replace(/-\d{4}-\d{2}-\d{2}$/, '');
  return Object.hasOwn(TABLE, name) ? TABLE[name] : undefined;
}

/** A cell of the table; a model without the quality may take any that it has. */
function cell(pictures: PicturePrices | undefined, shape: Shape, quality: Quality): number {
  const prices: Partial<Record<Quality, number>> = pictures?.[shape] ?? {};
  return prices[quality] ?? Math.max(0, ...Object.values(prices));
}

/** The dearest of all models stands in for one that is not in the table. */
function priceOf(model: string, shape: Shape, quality: Quality): number {
  const known = entryFor(model);
  const models = known?.pictures ? [known] : KNOWN;
  return Math.max(...models.map(({ pictures }) => cell(pictures, shape, quality)));
}

/** A quality that is not in the table, `auto` among them, may turn out as any of those that are. */
function qualitiesFor(quality: string): readonly Quality[] {
  const known = QUALITIES.find((candidate) => candidate === quality);
  return known ? [known] : QUALITIES;
}

/** Whether a model has a quality; `true` for one that is not in the table. */
export function hasQuality(model: string, quality: string): boolean {
  const prices = entryFor(model)?.pictures?.square;
  return prices === undefined || quality === 'auto' || Object.hasOwn(prices, quality);
}

/** The shapes that a size may turn out as, and how many times their price it may cost. */
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
 * The most that one picture costs, without the words. `quality` and `size` are OpenAI's; `auto` and
 * unknown ones count at the dearest they may turn out as.
 */
export function picturePriceMicroUsd(model: string, quality: string, size: string): number {
  const { shapes, factor } = shapesFor(size);
  const prices = shapes.flatMap((shape) =>
    qualitiesFor(quality).map((candidate) => priceOf(model, shape, candidate)),
  );
  return Math.ceil(Math.max(...prices) * factor);
}

/** The most that one whole call costs: the picture and an ample number of words. */
export function callPriceMicroUsd(model: string, quality: string, size: string): number {
  const { textIn, textOut } = entryFor(model)?.tokens ?? DEAREST_TOKENS;
  const words = TEXT_TOKENS_ALLOWED * (textIn + textOut);
  return picturePriceMicroUsd(model, quality, size) + Math.ceil(words);
}

/** Tokens billed for one call. What is not split into text and pictures counts at the dearer price. */
export interface TokenUsage {
  input: number;
  output: number;
  inputText?: number;
  inputImage?: number;
  outputText?: number;
  outputImage?: number;
}

/** What the tokens of a call cost. */
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

/** Whether a model paints without a background; `disputed` for one that is not in the table. */
export function transparencyOf(model: string): Transparency {
  return entryFor(model)?.transparency ?? 'disputed';
}
