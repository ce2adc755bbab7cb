import { describe, expect, it } from 'vitest';
import { refusal } from '../support/openai-answers.ts';
import { ASKED, failureOf, openAiOverMsw } from '../support/openai-over-msw.ts';
import type { ApiError } from '../support/openai-stand-in.ts';

const { standIn, sent, generatorWith } = openAiOverMsw();
const NEXT = 'gpt-image-2';
const models = () => sent().map(({ model }) => model);
const MODEL = 'gpt-image-1.5';
const VERIFY =
  `Your organization must be verified to use the model \`${MODEL}\`. Please go to: ` +
  'https://platform.openai.com/settings/organization/general and click on Verify Organization. ' +
  'If you just verified, it can take up to 15 minutes for access to propagate.';

/** What OpenAI, Azure, gateways and local servers answer for a model that cannot be had. */
const ABOUT_THE_MODEL: [number, ApiError][] = [
  [400, { message: `The model '${MODEL}' does not exist.`, code: 'invalid_value', param: null }],
  [400, { message: `The model '${MODEL}' does not exist.`, code: 'invalid_value', param: 'model' }],
  [400, { message: `The model ${MODEL} has been deprecated. Choose a size and a quality.` }],
  [
    400,
    { message: `The model \`${MODEL}\` has been decommissioned.`, code: 'model_decommissioned' },
  ],
  [400, { message: `/images/generations: Invalid model name passed in model=${MODEL}` }],
  [400, { message: `${MODEL} is not a valid model ID` }],
  [404, { message: `The model '${MODEL}' does not exist.` }],
  [404, { message: `The model \`${MODEL}\` does not exist or you do not have access to it.` }],
  [404, { message: `Model '${MODEL}' not found`, type: 'not_found_error' }],
  [404, { message: `model "${MODEL}" not found, try pulling it first` }],
  [404, { message: `models/${MODEL} is not found for API version v1beta.` }],
  [404, { message: `No endpoints found for ${MODEL}.` }],
  [
    404,
    { message: 'The API deployment for this resource does not exist.', code: 'DeploymentNotFound' },
  ],
  [404, { message: VERIFY }],
  [403, { message: VERIFY }],
  [403, { message: VERIFY, code: 'model_not_available' }],
  [
    403,
    {
      message: `Project \`p\` does not have access to model \`${MODEL}\``,
      code: 'model_not_found',
    },
  ],
  [403, { message: 'You are not allowed to sample from this model' }],
  [410, { message: 'Gone' }],
  [410, { message: `The model ${MODEL} was retired.`, code: 'ModelDeprecated' }],
  [422, { message: `Unknown model: ${MODEL}` }],
  [
    503,
    { message: `No available channel for model ${MODEL} under group a`, code: 'model_not_found' },
  ],
];

/** What must stay what it is, although it speaks of models, or of things that are not there. */
const ABOUT_SOMETHING_ELSE: [number, ApiError, string, 'refused' | 'unknown'][] = [
  [400, { message: 'The image file does not exist.' }, 'request_refused', 'refused'],
  [
    400,
    { message: "This model's longest prompt is 32000 characters." },
    'request_refused',
    'refused',
  ],
  [400, { message: 'The prompt is not available to this model.' }, 'request_refused', 'refused'],
  [400, { message: `n=1 is not supported for ${MODEL}` }, 'request_refused', 'refused'],
  [
    400,
    { message: 'A style is not available for this model.', param: 'style' },
    'request_refused',
    'refused',
  ],
  [401, { message: 'The model is not available with this key.' }, 'credentials_refused', 'refused'],
  [402, { message: `The model ${MODEL} is no longer free.` }, 'quota_exhausted', 'refused'],
  [403, { message: 'Country, region, or territory not supported' }, 'access_refused', 'refused'],
  [
    403,
    { message: 'Insufficient permissions. Missing scopes: api.model.images.request' },
    'access_refused',
    'refused',
  ],
  [403, { message: 'Your organization must be verified.' }, 'access_refused', 'refused'],
  [404, { message: 'Invalid URL (POST /v2/images/generations)' }, 'not_found', 'refused'],
  [404, { message: 'The project does not exist.' }, 'not_found', 'refused'],
  [404, { message: '404 page not found' }, 'not_found', 'refused'],
  [
    410,
    { message: 'This endpoint was removed. Use another model API.' },
    'unclear_answer',
    'unknown',
  ],
  [500, { message: `The model ${MODEL} does not exist.` }, 'server_error', 'unknown'],
  [503, { message: `The model ${MODEL} is not available right now.` }, 'server_error', 'unknown'],
];

describe('a refusal of the model', () => {
  it.each(ABOUT_THE_MODEL)('goes on to the next model, once: %i %j', async (status, error) => {
    standIn.answerNext(refusal(status, error));
    const generator = generatorWith({ fallbackModels: [NEXT] });
    const image = await generator.generate(ASKED);
    expect(image.model).toBe(NEXT);
    expect(models()).toEqual([MODEL, NEXT]);
    await generator.generate(ASKED);
    expect(models()).toEqual([MODEL, NEXT, NEXT]);
  });

  it.each([
    [refusal(403, { message: VERIFY }), 'access_refused'],
    [refusal(404, { message: `The model '${MODEL}' does not exist.` }), 'model_unavailable'],
  ])('of all models costs nothing, and says why', async (answer, reason) => {
    standIn.answerNext(answer, answer, answer);
    const chain = { fallbackModels: [NEXT, 'gpt-image-2.5-flare'] };
    const error = await failureOf(generatorWith(chain).generate(ASKED));
    expect(error).toMatchObject({ reason, billing: 'refused', mayRetry: false });
    expect(models()).toEqual([MODEL, NEXT, 'gpt-image-2.5-flare']);
  });
});

describe('a refusal of something else', () => {
  it.each(ABOUT_SOMETHING_ELSE)('ends the call: %i %j', async (status, error, reason, billing) => {
    // Also where a parameter is left out first.
    standIn.answerNext(refusal(status, error), refusal(status, error));
    const generator = generatorWith({ fallbackModels: [NEXT] });
    const failure = await failureOf(generator.generate(ASKED));
    expect(failure).toMatchObject({ reason, billing });
    expect(new Set(models())).toEqual(new Set([MODEL]));
    expect(generator.model).toBe(MODEL);
  });

  it('is read in time that grows with its length alone', async () => {
    const message = `${'model '.repeat(100_000)}${'.'.repeat(100_000)}`;
    standIn.answerNext(refusal(400, { message }));
    // Where it grew with the square, the test would not end.
    await failureOf(generatorWith({ fallbackModels: [NEXT] }).generate(ASKED));
  });
});
