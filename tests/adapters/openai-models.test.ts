import { afterEach, describe, expect, it } from 'vitest';
import { callPriceMicroUsd } from '../../src/adapters/image-generator/openai/prices.ts';
import { refusal } from '../support/openai-answers.ts';
import { ASKED, failureOf, openAiOverMsw } from '../support/openai-over-msw.ts';

const { standIn, notices, sent, clock, generatorWith } = openAiOverMsw();
const TWO_MODELS = { model: 'gpt-image-1.5', fallbackModels: ['gpt-image-2'] };

const gone = refusal(404, { message: 'The model does not exist.', code: 'model_not_found' });
const models = () => sent().map(({ model }) => model);

// No retry of this file waits for anything.
afterEach(() => expect(clock.sleepers).toBe(0));

describe('O13: a model that is gone', () => {
  it('is replaced by the next one, within the call and for the rest of the process', async () => {
    standIn.answerNext(gone);
    const generator = generatorWith(TWO_MODELS);
    expect(generator.model).toBe('gpt-image-1.5');
    const image = await generator.generate(ASKED);
    expect(image.model).toBe('gpt-image-2');
    expect(generator.model).toBe('gpt-image-2');
    await generator.generate(ASKED);
    expect(models()).toEqual(['gpt-image-1.5', 'gpt-image-2', 'gpt-image-2']);
  });

  it('is told of once, with the names and nothing else', async () => {
    standIn.answerNext(gone, gone);
    const generator = generatorWith(TWO_MODELS);
    await Promise.all([generator.generate(ASKED), generator.generate(ASKED)]);
    expect(notices).toEqual([
      {
        message: 'an image model is not available; the next one is used',
        details: { model: 'gpt-image-1.5', replacement: 'gpt-image-2' },
      },
    ]);
  });

  it('is told of with what becomes of transparent backgrounds, where they are wanted', async () => {
    standIn.answerNext(gone);
    await generatorWith({ ...TWO_MODELS, background: 'transparent' }).generate(ASKED);
    expect(notices[0]?.details).toMatchObject({ transparency: 'preview' });
  });

  it.each([
    [404, { message: 'The model `gpt-image-1.5` has been deprecated.', code: 'model_not_found' }],
    [400, { message: 'The model `gpt-image-1.5` was shut down on December 1, 2026.' }],
    [400, { message: 'This model has been retired.', code: 'model_retired' }],
    [403, { message: 'Project has no access to the model.', code: 'model_not_found' }],
    [410, { message: 'The model gpt-image-1.5 is no longer available.' }],
    [400, { message: "Invalid value: 'gpt-image-1.5'.", code: 'invalid_value', param: 'model' }],
  ])('is known by status %i and %j', async (status, error) => {
    standIn.answerNext(refusal(status, error));
    const image = await generatorWith(TWO_MODELS).generate(ASKED);
    expect(image.model).toBe('gpt-image-2');
  });

  it('costs nothing where no other is left, and is asked again the next time', async () => {
    standIn.answerNext(gone, gone);
    const generator = generatorWith(TWO_MODELS);
    const error = await failureOf(generator.generate(ASKED));
    expect(error).toMatchObject({ reason: 'model_unavailable', billing: 'refused' });
    // Access may have been granted since.
    expect((await generator.generate(ASKED)).model).toBe('gpt-image-1.5');
    expect(models()).toEqual(['gpt-image-1.5', 'gpt-image-2', 'gpt-image-1.5']);
  });

  it('is asked once, however often it is named', async () => {
    standIn.answerNext(gone, gone, gone);
    const same = { fallbackModels: ['gpt-image-1.5', ' gpt-image-1.5 ', ''] };
    await failureOf(generatorWith(same).generate(ASKED));
    expect(models()).toEqual(['gpt-image-1.5']);
  });

  it('is not what an unknown address says', async () => {
    standIn.answerNext(refusal(404, { message: 'Invalid URL (POST /v2/images/generations)' }));
    const error = await failureOf(generatorWith(TWO_MODELS).generate(ASKED));
    expect(error).toMatchObject({ reason: 'not_found', billing: 'refused' });
    expect(models()).toEqual(['gpt-image-1.5']);
  });
});

describe('a parameter that a model refuses', () => {
  const noBackground = {
    message: 'Transparent background is not supported for this model.',
    type: 'image_generation_user_error',
    code: 'invalid_value',
  };

  it('is left out at once and from then on, and told of once', async () => {
    standIn.answerNext(refusal(400, noBackground));
    const generator = generatorWith({ background: 'transparent' });
    await generator.generate(ASKED);
    await generator.generate(ASKED);
    expect(sent().map(({ background }) => background)).toEqual([
      'transparent',
      undefined,
      undefined,
    ]);
    expect(notices).toEqual([
      {
        message: 'an image model does not support a parameter; it is omitted from now on',
        details: { model: 'gpt-image-1.5', parameter: 'background' },
      },
    ]);
  });

  it('is still sent to other models', async () => {
    const generator = generatorWith({ ...TWO_MODELS, background: 'transparent' });
    standIn.answerNext(refusal(400, noBackground), gone);
    await generator.generate(ASKED);
    expect(sent().map(({ model, background }) => [model, background])).toEqual([
      ['gpt-image-1.5', 'transparent'],
      ['gpt-image-1.5', undefined],
      ['gpt-image-2', 'transparent'],
    ]);
  });

  it.each([
    ['background', { message: 'Nope.', param: 'background' }],
    ['output_format', { message: 'Unknown.', code: 'unknown_parameter', param: 'output_format' }],
    ['output_format', { message: "Unsupported: 'output_format'.", code: 'unsupported_parameter' }],
    ['n', { message: "Invalid value for 'n'.", code: 'invalid_value' }],
  ])('is recognised: %s by %j', async (parameter, error) => {
    standIn.answerNext(refusal(400, error));
    await generatorWith().generate(ASKED);
    const [first, second] = sent();
    expect(first).toHaveProperty(parameter);
    expect(second).not.toHaveProperty(parameter);
    expect(Object.keys(second!)).toHaveLength(Object.keys(first!).length - 1);
  });

  it('is not left out for a refusal of something else', async () => {
    const error = { message: 'Your prompt is too long.', code: 'invalid_value', param: 'prompt' };
    standIn.answerNext(refusal(400, error));
    const failure = await failureOf(generatorWith().generate(ASKED));
    expect(failure).toMatchObject({ reason: 'request_refused', billing: 'refused' });
    expect(standIn.journal).toHaveLength(1);
  });

  it('ends the call where it is refused although it was not sent', async () => {
    const again = refusal(400, noBackground);
    standIn.answerNext(again, again, again);
    const error = await failureOf(generatorWith().generate(ASKED));
    expect(error).toMatchObject({ reason: 'request_refused', billing: 'refused' });
    expect(standIn.journal).toHaveLength(2);
  });

  it('costs concurrent calls one refusal each, and none its picture', async () => {
    const no = refusal(400, noBackground);
    standIn.answerNext(no, no, no);
    const generator = generatorWith({ background: 'transparent' });
    const images = await Promise.all([1, 2, 3].map(() => generator.generate(ASKED)));
    expect(images).toHaveLength(3);
    expect(notices).toHaveLength(1);
    expect(standIn.journal).toHaveLength(6);
  });

  it('is not paid for out of a smaller reservation, but the caller may reserve again', async () => {
    standIn.answerNext(refusal(400, { message: 'No.', param: 'quality' }));
    const generator = generatorWith({ quality: 'low' });
    const cheap = generator.dearestMicroUsd;
    const error = await failureOf(generator.generate({ ...ASKED, reservedMicroUsd: cheap }));
    expect(error).toMatchObject({
      reason: 'parameter_refused',
      billing: 'refused',
      mayRetry: true,
    });
    // Without it the model chooses, and it may choose the dearest.
    expect(generator.dearestMicroUsd).toBe(callPriceMicroUsd('gpt-image-1.5', 'auto', '1024x1024'));
    expect(generator.dearestMicroUsd).toBeGreaterThan(cheap);
    await generator.generate(ASKED);
    expect(sent().map(({ quality }) => quality)).toEqual(['low', undefined]);
  });

  it('is not paid for out of a reservation that was made before it was refused to another call', async () => {
    standIn.answerNext(refusal(400, { message: 'No.', param: 'quality' }));
    const generator = generatorWith({ quality: 'low' });
    const cheap = generator.dearestMicroUsd;
    await generator.generate(ASKED);
    const error = await failureOf(generator.generate({ ...ASKED, reservedMicroUsd: cheap }));
    expect(error).toMatchObject({ billing: 'refused', mayRetry: true });
    expect(standIn.journal).toHaveLength(2);
  });

  it('is left out, and the model kept, where the message names both', async () => {
    const message = "The quality 'high' is no longer supported by this model.";
    standIn.answerNext(refusal(400, { message, code: 'invalid_value' }));
    await generatorWith({ quality: 'high', fallbackModels: ['gpt-image-2'] }).generate(ASKED);
    expect(sent()).toMatchObject([{ model: 'gpt-image-1.5' }, { model: 'gpt-image-1.5' }]);
    expect(sent().map(({ quality }) => quality)).toEqual(['high', undefined]);
  });

  it('is left out within the call where that cannot cost more', async () => {
    standIn.answerNext(refusal(400, { message: 'No.', param: 'quality' }));
    await generatorWith({ quality: 'high' }).generate(ASKED);
    expect(sent().map(({ quality }) => quality)).toEqual(['high', undefined]);
  });
});

describe('the dearest call', () => {
  it('is the dearest over all models that can still be asked', async () => {
    const generator = generatorWith({ model: 'gpt-image-1-mini', fallbackModels: ['gpt-image-2'] });
    const mini = callPriceMicroUsd('gpt-image-1-mini', 'medium', '1024x1024');
    const two = callPriceMicroUsd('gpt-image-2', 'medium', '1024x1024');
    expect(mini).toBeLessThan(two);
    expect(generator.dearestMicroUsd).toBe(two);
  });

  it('falls once the dearest model is gone', async () => {
    const generator = generatorWith({ model: 'gpt-image-2', fallbackModels: ['gpt-image-1-mini'] });
    const before = generator.dearestMicroUsd;
    standIn.answerNext(gone);
    await generator.generate(ASKED);
    expect(generator.dearestMicroUsd).toBeLessThan(before);
    expect(generator.dearestMicroUsd).toBe(
      callPriceMicroUsd('gpt-image-1-mini', 'medium', '1024x1024'),
    );
  });

  it('counts a model that nobody knows as the dearest', () => {
    const unknown = generatorWith({ model: 'x-model' }).dearestMicroUsd;
    const known = generatorWith({ model: 'gpt-image-2' }).dearestMicroUsd;
    expect(unknown).toBeGreaterThanOrEqual(known);
  });
});

it('refuses to be made without a model', () => {
  expect(() => generatorWith({ model: ' ' })).toThrow('list of models is empty');
});
