import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import type { Refusals } from '../../src/adapters/image-generator/model-chain.ts';
import { callPriceMicroUsd } from '../../src/adapters/image-generator/openai/prices.ts';
import type { OpenAiImageGeneratorOptions } from '../../src/adapters/image-generator/openai.ts';
import { json, refusal } from '../support/openai-answers.ts';
import { API_KEY, ASKED, failureOf, openAiOverMsw } from '../support/openai-over-msw.ts';

const { standIn, notices, sent, generatorWith } = openAiOverMsw();
const DAY = 86_400_000;
const THE_END = Date.UTC(2026, 11, 1);
const CHAIN = { fallbackModels: ['gpt-image-2.6-flare', 'gpt-image-2.5-flare', 'gpt-image-2'] };
const posts = () => standIn.journal.filter(({ method }) => method === 'POST');
const models = () => posts().map(({ body }) => (body as { model: string }).model);
const price = (model: string, quality = 'medium') => callPriceMicroUsd(model, quality, '1024x1024');

function openAt(at: number, options: Partial<OpenAiImageGeneratorOptions> = CHAIN) {
  const clock = new ManualClock(at);
  return { clock, generator: generatorWith({ clock, ...options }) };
}

describe('a model whose announced day has come', () => {
  it('is asked until then, and passed over from that moment on, without a request', async () => {
    const { clock, generator } = openAt(THE_END - 1);
    expect(generator.model).toBe('gpt-image-1.5');
    await generator.generate(ASKED);
    clock.jump(1);
    expect(generator.model).toBe('gpt-image-2.6-flare');
    expect((await generator.generate(ASKED)).model).toBe('gpt-image-2.6-flare');
    expect(models()).toEqual(['gpt-image-1.5', 'gpt-image-2.6-flare']);
  });

  it('is told of at the start, once, with the one that paints', async () => {
    const { generator } = openAt(THE_END + DAY);
    const told = {
      message: 'an image model has reached its shutdown date; it is skipped',
      details: { model: 'gpt-image-1.5', endsOn: '2026-12-01', replacement: 'gpt-image-2.6-flare' },
    };
    expect(notices).toEqual([told]);
    await generator.generate(ASKED);
    expect(notices).toEqual([told]);
  });

  it('is no part of the price that is set aside', () => {
    const chain = { quality: 'high', fallbackModels: ['gpt-image-2.5-flare'] } as const;
    const before = openAt(THE_END - 1, chain).generator.dearestMicroUsd;
    expect(before).toBe(price('gpt-image-1.5', 'high'));
    const after = openAt(THE_END, chain).generator.dearestMicroUsd;
    expect(after).toBe(price('gpt-image-2.5-flare', 'high'));
    expect(after).toBeLessThan(before);
  });

  it('is the last resort where all others are refused, as the date may be wrong', async () => {
    const gone = refusal(404, { message: 'Gone.', code: 'model_not_found' });
    standIn.answerNext(gone);
    const { generator } = openAt(THE_END, { fallbackModels: ['gpt-image-2'] });
    expect((await generator.generate(ASKED)).model).toBe('gpt-image-1.5');
    expect(models()).toEqual(['gpt-image-2', 'gpt-image-1.5']);
  });

  it('is asked where there is no other', async () => {
    const { generator } = openAt(THE_END, { fallbackModels: [] });
    expect((await generator.generate(ASKED)).model).toBe('gpt-image-1.5');
    expect(notices).toEqual([]);
  });

  it('is asked for a dated snapshot of it no more, either', () => {
    const { generator } = openAt(THE_END, { ...CHAIN, model: 'gpt-image-1.5-2025-12-16' });
    expect(generator.model).toBe('gpt-image-2.6-flare');
  });

  it('shows in the report, as do those that follow', () => {
    expect(openAt(THE_END - DAY).generator.models()).toEqual([
      { name: 'gpt-image-1.5', endsOn: '2026-12-01', state: 'first' },
      { name: 'gpt-image-2.6-flare', endsOn: undefined, state: 'next' },
      { name: 'gpt-image-2.5-flare', endsOn: undefined, state: 'next' },
      { name: 'gpt-image-2', endsOn: undefined, state: 'next' },
    ]);
    const states = openAt(THE_END)
      .generator.models()
      .map(({ state }) => state);
    expect(states).toEqual(['ended', 'first', 'next', 'next']);
  });
});

describe('a look at the announced ends', () => {
  const ends = (end: unknown) => json({ id: 'm', object: 'model', shutdown_date: end });
  const { signal } = new AbortController();

  it('asks for every model of the chain, and buys nothing', async () => {
    await openAt(THE_END - DAY).generator.lookUpModels(signal);
    const asked = standIn.journal.map(({ method, path }) => `${method} ${path}`);
    expect(asked.toSorted()).toEqual([
      'GET /v1/models/gpt-image-1.5',
      'GET /v1/models/gpt-image-2',
      'GET /v1/models/gpt-image-2.5-flare',
      'GET /v1/models/gpt-image-2.6-flare',
    ]);
  });

  it('moves an end, to an earlier or to a later day', async () => {
    const chain = { model: 'gpt-image-2', fallbackModels: ['gpt-image-2.6-flare'] };
    const { clock, generator } = openAt(THE_END, chain);
    standIn.answerNext(ends('2026-12-02'), ends(null));
    await generator.lookUpModels(signal);
    expect(generator.models()[0]).toEqual({
      name: 'gpt-image-2',
      endsOn: '2026-12-02',
      state: 'first',
    });
    clock.jump(DAY);
    expect(generator.model).toBe('gpt-image-2.6-flare');
    standIn.answerNext(ends('2027-06-01'));
    await generator.lookUpModels(signal);
    expect(generator.model).toBe('gpt-image-2');
  });

  it.each([
    ['null', ends(null)],
    ['nothing', json({ id: 'm' })],
    ['a time', ends('2026-11-21T00:00:00Z')],
    ['no day', ends('2026-13-45')],
    ['a number', ends(20_260_101)],
    ['a list', json([])],
    ['404', refusal(404, { message: 'Not Found' })],
    ['401', refusal(401, { message: `Incorrect API key provided: ${API_KEY}.` })],
    ['500', refusal(500, { message: 'Oops' })],
  ])('that brings %s changes nothing and says nothing', async (_, answer) => {
    const { generator } = openAt(THE_END - DAY, { fallbackModels: [] });
    standIn.answerNext(answer, answer);
    await generator.lookUpModels(signal);
    expect(generator.models()).toEqual([
      { name: 'gpt-image-1.5', endsOn: '2026-12-01', state: 'first' },
    ]);
    expect(notices).toEqual([]);
  });

  it('ends with its signal', async () => {
    const { generator } = openAt(THE_END - DAY, { fallbackModels: [] });
    await generator.lookUpModels(AbortSignal.abort());
    expect(generator.model).toBe('gpt-image-1.5');
  });
});

describe('a model that was refused', () => {
  const refusals = {
    gone: refusal(400, {
      message: "The model 'gpt-image-1.5' does not exist.",
      code: 'invalid_value',
    }),
    not_allowed: refusal(403, { message: 'Your organization must be verified to use the model.' }),
  };
  const BEFORE = Date.UTC(2026, 10, 20);

  /** What outlives the process. */
  function memory(known: Refusals = {}) {
    const written: Refusals[] = [];
    const remember = (refused: Refusals) => void written.push(refused);
    return { written, refusedModels: { recall: async () => written.at(-1) ?? known, remember } };
  }

  it('is not asked after a restart, for a day', async () => {
    const { refusedModels } = memory();
    standIn.answerNext(refusals.gone);
    const first = openAt(BEFORE, { ...CHAIN, refusedModels });
    await first.generator.generate(ASKED);

    const { clock, generator } = openAt(BEFORE + DAY / 2, { ...CHAIN, refusedModels });
    await generator.recallModels();
    expect(generator.model).toBe('gpt-image-2.6-flare');
    await generator.generate(ASKED);
    expect(models()).toEqual(['gpt-image-1.5', 'gpt-image-2.6-flare', 'gpt-image-2.6-flare']);
    clock.jump(DAY / 2);
    expect(generator.model).toBe('gpt-image-1.5');
  });

  it('for want of access is asked again an hour later, and after a restart at once', async () => {
    const { written, refusedModels } = memory();
    standIn.answerNext(refusals.not_allowed);
    const { clock, generator } = openAt(BEFORE, { ...CHAIN, refusedModels });
    await generator.generate(ASKED);
    expect(generator.model).toBe('gpt-image-2.6-flare');
    clock.jump(3_600_000);
    expect(generator.model).toBe('gpt-image-1.5');
    expect(written).toEqual([]);
  });

  it('is asked all the same where no other is left', async () => {
    const until = BEFORE + DAY;
    const { refusedModels } = memory({ 'gpt-image-1.5': until, 'gpt-image-2': until });
    const { generator } = openAt(BEFORE, { fallbackModels: ['gpt-image-2'], refusedModels });
    await generator.recallModels();
    expect(generator.model).toBe('gpt-image-1.5');
  });

  it('is not believed for longer than a day, whatever was written down', async () => {
    const { refusedModels } = memory({ 'gpt-image-1.5': Number.MAX_SAFE_INTEGER });
    const { clock, generator } = openAt(BEFORE, { ...CHAIN, refusedModels });
    await generator.recallModels();
    expect(generator.model).toBe('gpt-image-2.6-flare');
    clock.jump(DAY);
    expect(generator.model).toBe('gpt-image-1.5');
  });

  it('shows as refused', async () => {
    standIn.answerNext(refusals.gone);
    const { generator } = openAt(BEFORE);
    await generator.generate(ASKED);
    const states = generator.models().map(({ state }) => state);
    expect(states).toEqual(['refused', 'first', 'next', 'next']);
  });

  it('is paid for with one reservation: one request is answered with a picture', async () => {
    standIn.answerNext(refusals.gone, refusals.not_allowed, refusals.gone);
    const { generator } = openAt(BEFORE);
    const reservedMicroUsd = generator.dearestMicroUsd;
    const image = await generator.generate({ ...ASKED, reservedMicroUsd });
    expect(image.model).toBe('gpt-image-2');
    expect(image.costMicroUsd).toBeLessThanOrEqual(reservedMicroUsd);
    expect(posts().map(({ status }) => status)).toEqual([400, 403, 400, 200]);
  });
});

describe('a quality that only later models have', () => {
  it.each(['xhigh', 'max'] as const)(
    '%s is asked of them, and high of the others',
    async (quality) => {
      standIn.answerNext(refusal(404, { message: 'Gone.', code: 'model_not_found' }));
      const { generator } = openAt(THE_END - DAY, {
        quality,
        fallbackModels: ['gpt-image-2.6-flare'],
      });
      await generator.generate(ASKED);
      expect(sent().map((body) => body.quality)).toEqual(['high', quality]);
    },
  );

  it('is set aside at its price', async () => {
    const at = (quality: 'max' | 'high') =>
      openAt(THE_END, { quality, fallbackModels: ['gpt-image-2.6-flare'] }).generator;
    expect(at('max').dearestMicroUsd).toBe(price('gpt-image-2.6-flare', 'max'));
    expect(at('max').dearestMicroUsd).toBeGreaterThan(at('high').dearestMicroUsd);
    const error = await failureOf(
      at('max').generate({ ...ASKED, reservedMicroUsd: at('high').dearestMicroUsd }),
    );
    expect(error).toMatchObject({ billing: 'refused', mayRetry: true });
    expect(standIn.journal).toEqual([]);
  });
});
