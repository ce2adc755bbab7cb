import { describe, expect, it } from 'vitest';
import {
  callPriceMicroUsd,
  hasQuality,
  PRICES_AS_OF,
  picturePriceMicroUsd,
  transparencyOf,
  usageCostMicroUsd,
} from '../../src/adapters/image-generator/openai/prices.ts';

const MODELS = [
  'gpt-image-1.5',
  'gpt-image-1-mini',
  'gpt-image-2',
  'gpt-image-2.5-flare',
  'gpt-image-2.5-sunburst',
  'gpt-image-2.6-flare',
  'gpt-image-2.6-sunburst',
  'chatgpt-image-latest',
  'somebody-elses-model',
];
const QUALITIES = ['low', 'medium', 'high', 'auto', 'xhigh', 'max'];
const SIZES = ['1024x1024', '1024x1536', '1536x1024', 'auto', '1536x864', '3840x2160', 'huge'];

const dollars = (microUsd: number) => Math.round(microUsd / 1000) / 1000;

it('says of which day its prices are', () => {
  expect(PRICES_AS_OF).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(Date.parse(PRICES_AS_OF)).not.toBeNaN();
});

describe('the price of a picture', () => {
  it.each([
    ['gpt-image-1.5', '1024x1024', 0.009, 0.034, 0.133],
    ['gpt-image-1.5', '1024x1536', 0.013, 0.051, 0.2],
    ['gpt-image-1.5', '1536x1024', 0.013, 0.05, 0.199],
  ])('is as published: %s at %s', (model, size, low, medium, high) => {
    const prices = ['low', 'medium', 'high'].map((q) => picturePriceMicroUsd(model, q, size));
    expect(prices.map(dollars)).toEqual([low, medium, high]);
  });

  it.each([
    ['gpt-image-1-mini', '1024x1024', 5000, 11_000, 36_000],
    ['gpt-image-1-mini', '1024x1536', 6000, 15_000, 52_000],
    ['gpt-image-2', '1024x1024', 6000, 53_000, 211_000],
    ['gpt-image-2', '1536x1024', 5000, 41_000, 165_000],
  ])(
    'is as published, and what rounding may have hidden: %s at %s',
    (model, size, ...published) => {
      const prices = ['low', 'medium', 'high'].map((q) => picturePriceMicroUsd(model, q, size));
      expect(prices).toEqual(published.map((price) => price + 500));
    },
  );

  it('is a whole number above zero, whatever is asked for', () => {
    for (const model of MODELS) {
      for (const quality of QUALITIES) {
        for (const size of SIZES) {
          const price = picturePriceMicroUsd(model, quality, size);
          expect(price, `${model} ${quality} ${size}`).toSatisfy(Number.isSafeInteger);
          expect(price, `${model} ${quality} ${size}`).toBeGreaterThan(1000);
        }
      }
    }
  });

  it('of an unknown model is that of the dearest known one', () => {
    for (const quality of QUALITIES) {
      for (const size of SIZES) {
        const known = MODELS.slice(0, -1).map((m) => picturePriceMicroUsd(m, quality, size));
        expect(picturePriceMicroUsd('unknown', quality, size)).toBe(Math.max(...known));
      }
    }
  });

  it.each([
    ['gpt-image-2.5-flare', [196, 439, 1756, 3122, 7024]],
    ['gpt-image-2.5-sunburst', [196, 439, 1756, 3122, 7024]],
    ['gpt-image-2.6-flare', [784, 1756, 1756, 3122, 7024]],
    ['gpt-image-2.6-sunburst', [784, 1756, 1756, 3122, 7024]],
  ])('is that of the tokens it takes: %s', (model, tokens) => {
    const prices = ['low', 'medium', 'high', 'xhigh', 'max'].map((quality) =>
      picturePriceMicroUsd(model, quality, '1024x1024'),
    );
    expect(prices).toEqual(tokens.map((count) => count * 30));
    expect(picturePriceMicroUsd(model, 'auto', '1536x1024')).toBe(7024 * 30);
  });

  it('knows which qualities a model has', () => {
    expect(hasQuality('gpt-image-2', 'high')).toBe(true);
    expect(hasQuality('gpt-image-2', 'xhigh')).toBe(false);
    expect(hasQuality('gpt-image-2.5-flare-2026-09-08', 'max')).toBe(true);
    expect(hasQuality('gpt-image-1.5', 'auto')).toBe(true);
    expect(hasQuality('somebody-elses-model', 'max')).toBe(true);
  });

  it('of a dated snapshot is that of its model', () => {
    const price = picturePriceMicroUsd('gpt-image-2-2026-04-21', 'low', '1024x1024');
    expect(price).toBe(picturePriceMicroUsd('gpt-image-2', 'low', '1024x1024'));
    expect(price).not.toBe(picturePriceMicroUsd('unknown', 'low', '1024x1024'));
  });

  it('of a name that every object has is that of an unknown model', () => {
    const price = picturePriceMicroUsd('constructor', 'low', '1024x1024');
    expect(price).toBe(picturePriceMicroUsd('unknown', 'low', '1024x1024'));
  });

  it('counts quality and size that are left to the model as the dearest they may turn out', () => {
    const high = picturePriceMicroUsd('gpt-image-1.5', 'high', '1024x1024');
    expect(picturePriceMicroUsd('gpt-image-1.5', 'auto', '1024x1024')).toBe(high);
    expect(picturePriceMicroUsd('gpt-image-1.5', 'max', '1024x1024')).toBe(high);
    const portrait = picturePriceMicroUsd('gpt-image-1.5', 'low', '1024x1536');
    expect(picturePriceMicroUsd('gpt-image-1.5', 'low', 'auto')).toBe(portrait);
  });

  it('grows with a size that is not in the table, and never falls below those that are', () => {
    const dearest = picturePriceMicroUsd('gpt-image-2', 'low', 'auto');
    expect(picturePriceMicroUsd('gpt-image-2', 'low', '2048x2048')).toBe(dearest * 4);
    expect(picturePriceMicroUsd('gpt-image-2', 'low', '512x512')).toBe(dearest);
  });
});

describe('the price of a call', () => {
  it('is the price of the picture and of more words than the prompt has', () => {
    const picture = picturePriceMicroUsd('gpt-image-1.5', 'medium', '1024x1024');
    const call = callPriceMicroUsd('gpt-image-1.5', 'medium', '1024x1024');
    expect(call - picture).toBe(512 * (5 + 10));
  });

  it('is enough for what the cafe usually asks', () => {
    const usage = { input: 160, inputText: 160, output: 1056 + 180, outputText: 180 };
    const cost = usageCostMicroUsd('gpt-image-1.5', { ...usage, outputImage: 1056 });
    expect(cost).toBeLessThan(callPriceMicroUsd('gpt-image-1.5', 'medium', '1024x1024'));
  });
});

describe('the cost of tokens', () => {
  it.each([
    ['gpt-image-1.5', 100 * 5 + 10 * 8 + 20 * 10 + 1000 * 32],
    ['gpt-image-1-mini', 100 * 2 + 10 * 2.5 + 20 * 8 + 1000 * 8],
    ['gpt-image-2', 100 * 5 + 10 * 8 + 20 * 10 + 1000 * 30],
    ['unknown', 100 * 5 + 10 * 8 + 20 * 10 + 1000 * 32],
  ])('has a price for text and one for pictures, in and out: %s', (model, cost) => {
    const input = { input: 110, inputText: 100, inputImage: 10 };
    const output = { output: 1020, outputText: 20, outputImage: 1000 };
    expect(usageCostMicroUsd(model, { ...input, ...output })).toBe(cost);
  });

  it('is rounded up to a whole millionth', () => {
    const usage = { input: 1, inputImage: 1, output: 0 };
    expect(usageCostMicroUsd('gpt-image-1-mini', usage)).toBe(3);
  });

  it('takes what is not split for the dearer kind', () => {
    expect(usageCostMicroUsd('gpt-image-1.5', { input: 10, output: 100 })).toBe(10 * 8 + 100 * 32);
    const partly = { input: 10, inputText: 4, output: 100, outputText: 100 };
    expect(usageCostMicroUsd('gpt-image-1.5', partly)).toBe(4 * 5 + 6 * 8 + 100 * 10);
  });
});

it('knows which models paint without a background', () => {
  expect(transparencyOf('gpt-image-1.5')).toBe('yes');
  expect(transparencyOf('gpt-image-2')).toBe('preview');
  expect(transparencyOf('unknown')).toBe('disputed');
});
