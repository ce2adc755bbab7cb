import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { checkedPng, MAX_PNG_BYTES } from '../../src/adapters/image-generator/checked-png.ts';
import { bytesForPicture, changedBase64, json, text } from '../support/openai-answers.ts';
import { ASKED, failureOf, openAiOverMsw } from '../support/openai-over-msw.ts';
import { pictureAnswer } from '../support/openai-stand-in.ts';
import { tinyPng } from '../support/tiny-png.ts';

const { standIn, generatorWith } = openAiOverMsw();
const PNG = tinyPng({ width: 40, height: 30, seed: 7 });
const BASE64 = Buffer.from(PNG).toString('base64');
const URL_OF_PICTURE = 'https://pictures.example/1.png';

/** The picture that an answer brings, checked by its pixels. */
async function kept(answer: Parameters<typeof standIn.answerNext>[0], options = {}) {
  standIn.answerNext(answer);
  const image = await generatorWith(options).generate(ASKED);
  expect(checkedPng(image.bytes)).toEqual({ width: image.width, height: image.height });
  expect(standIn.journal).toHaveLength(1);
  return image;
}

function expectSame(bytes: Uint8Array): void {
  expect(Buffer.from(bytes).equals(Buffer.from(PNG))).toBe(true);
}

describe('base64 as servers write it is kept', () => {
  const lines = (every: number, end: string) =>
    BASE64.replaceAll(new RegExp(`.{${every}}`, 'g'), `$&${end}`);
  it.each([
    ['a data URL around it', `data:image/png;base64,${BASE64}`],
    ['a data URL with parameters', `DATA:image/png;charset=utf-8;base64,${BASE64}`],
    ['lines of 76 characters', lines(76, '\n')],
    ['lines of 64 characters with carriage returns', `${lines(64, '\r\n')}\r\n`],
    ['blanks and tabs', `  ${lines(11, ' \t')}  `],
    ['a data URL and lines', `data:image/png;base64,\n${lines(76, '\n')}`],
    ['the alphabet for URLs', BASE64.replaceAll('+', '-').replaceAll('/', '_')],
    ['no padding', BASE64.replace(/=+$/, '')],
    ['too much padding', `${BASE64.replace(/=+$/, '')}====`],
    ['the alphabet for URLs and no padding', Buffer.from(PNG).toString('base64url')],
  ])('with %s', async (_, b64_json) => {
    expectSame((await kept(changedBase64(() => b64_json))).bytes);
  });
});

describe('a picture of another kind is kept as a PNG', () => {
  const source = () => sharp(PNG).resize(64, 48, { kernel: 'nearest' });
  it.each([
    ['JPEG', () => source().jpeg()],
    ['progressive JPEG', () => source().jpeg({ progressive: true })],
    ['CMYK JPEG', () => source().toColourspace('cmyk').jpeg()],
    ['WebP', () => source().webp({ lossless: true })],
    ['AVIF', () => source().avif({ effort: 0 })],
    ['GIF', () => source().gif()],
  ])('%s', async (_, encode) => {
    const bytes = await encode().toBuffer();
    expect(await kept(bytesForPicture(bytes))).toMatchObject({ width: 64, height: 48 });
  });

  it('with its pixels and its transparency', async () => {
    const pixel = { r: 10, g: 200, b: 30, alpha: 0.5 };
    const create = { width: 8, height: 8, channels: 4, background: pixel } as const;
    const webp = await sharp({ create }).webp({ lossless: true }).toBuffer();
    const { bytes } = await kept(bytesForPicture(webp));
    const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 4)]).toEqual([10, 200, 30, 128]);
  });

  it('upright, where a JPEG says that it lies on its side', async () => {
    const jpeg = await source().jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(await kept(bytesForPicture(jpeg))).toMatchObject({ width: 48, height: 64 });
  });

  it('of an animation the first picture', async () => {
    const gif = await sharp([PNG, tinyPng({ width: 40, height: 30, seed: 8 })], {
      join: { animated: true },
    })
      .gif()
      .toBuffer();
    expect(await kept(bytesForPicture(gif))).toMatchObject({ width: 40, height: 30 });
  });

  it('and one with something behind its end without that', async () => {
    const { bytes } = await kept(
      bytesForPicture(Buffer.concat([PNG, Buffer.from('<script>alert(1)</script>')])),
    );
    expect(Buffer.from(bytes).includes('script')).toBe(false);
  });

  it('of another size than was asked for', async () => {
    const png = tinyPng({ width: 300, height: 20 });
    const image = await kept(bytesForPicture(png), { size: '1024x1024' });
    expect(image).toMatchObject({ width: 300, height: 20 });
  });

  it('made smaller, where it has too many pixels', async () => {
    const create = { width: 6000, height: 3000, channels: 3, background: 'teal' } as const;
    const png = await sharp({ create }).png().toBuffer();
    expect(await kept(bytesForPicture(png))).toMatchObject({ width: 4096, height: 2048 });
  });

  it('made smaller, where it weighs too much', async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
    const create = { width: 2500, height: 2500, channels: 3, background: 'teal', noise } as const;
    const png = await sharp({ create }).png({ compressionLevel: 1 }).toBuffer();
    expect(png.length).toBeGreaterThan(MAX_PNG_BYTES);
    const image = await kept(bytesForPicture(png));
    expect(image.bytes.length).toBeLessThanOrEqual(MAX_PNG_BYTES);
    expect(image.width).toBeGreaterThan(1000);
  }, 60_000);
});

describe('an envelope of another server is read', () => {
  it.each([
    ['data as one object', { data: { b64_json: BASE64 } }],
    ['an image within data', { data: [{ image: BASE64 }] }],
    ['an empty entry first', { data: [{ b64_json: null }, { b64_json: BASE64 }] }],
    ['base64 that is empty beside another name', { data: [{ b64_json: '', base64: BASE64 }] }],
    ['images as texts', { images: [BASE64], parameters: { prompt: 'x' } }],
    ['images as objects', { images: [{ image: BASE64 }] }],
    ['output as a text', { status: 'succeeded', output: `data:image/png;base64,${BASE64}` }],
    ['output as a list', { output: [`data:image/png;base64,${BASE64}`] }],
    ['artifacts', { artifacts: [{ base64: BASE64, finishReason: 'SUCCESS' }] }],
    ['predictions', { predictions: [{ bytesBase64Encoded: BASE64, mimeType: 'image/png' }] }],
    ['a result', { result: { image: BASE64 }, success: true, errors: [], messages: [] }],
    ['an image at the top', { image: BASE64, seed: 1 }],
    [
      'a message of a chat',
      {
        choices: [
          {
            message: {
              content: '',
              images: [
                { type: 'image_url', image_url: { url: `data:image/png;base64,${BASE64}` } },
              ],
            },
          },
        ],
      },
    ],
    ['a picture beside an error', { ...pictureAnswer(PNG, {}), error: { message: 'warning' } }],
    ['broken base64 beside a whole one', { data: [{ b64_json: `*${BASE64}`, image: BASE64 }] }],
  ])('%s', async (_, body) => {
    expectSame((await kept(json(body))).bytes);
  });

  it.each(['image/png', 'application/octet-stream', 'application/json'])(
    'the picture alone, as %s',
    async (type) => {
      const answer = () => new Response(Buffer.from(PNG), { headers: { 'content-type': type } });
      expectSame((await kept(answer)).bytes);
    },
  );

  it('JSON under another type, and behind a byte order mark', async () => {
    const body = `\ufeff${JSON.stringify(pictureAnswer(PNG, {}))}`;
    expectSame((await kept(text(body, { headers: { 'content-type': 'text/plain' } }))).bytes);
  });

  it('is bounded, however it is nested', async () => {
    let body: unknown = { b64_json: BASE64 };
    for (let n = 0; n < 1000; n += 1) body = { data: [body] };
    standIn.answerNext(json(body));
    const error = await failureOf(generatorWith().generate(ASKED));
    expect(error).toMatchObject({ reason: 'no_picture', billing: 'unknown' });
  });
});

describe('an answer that names an address', () => {
  it('is followed, once, without the key', async () => {
    const asked: string[] = [];
    const download = async (url: URL) => {
      asked.push(url.href);
      return sharp(PNG).webp().toBuffer();
    };
    const image = await kept(json({ data: [{ url: URL_OF_PICTURE }] }), { download });
    expect(image).toMatchObject({ width: 40, height: 30 });
    expect(asked).toEqual([URL_OF_PICTURE]);
  });

  it('is not followed where the picture is there', async () => {
    const download = () => Promise.reject(new Error('not needed'));
    const both = { data: [{ url: URL_OF_PICTURE, b64_json: BASE64 }] };
    expectSame((await kept(json(both), { download })).bytes);
  });

  it.each([
    [
      'cannot be reached',
      () => Promise.reject(new Error('it answers 404')),
      'picture_not_downloaded',
    ],
    ['is a page', async () => Buffer.from('<!doctype html><title>Sorry'), 'not_a_png'],
  ])('that %s was paid for', async (_, download, reason) => {
    standIn.answerNext(json({ data: [{ url: URL_OF_PICTURE }] }));
    const error = await failureOf(generatorWith({ download }).generate(ASKED));
    expect(error).toMatchObject({ reason, billing: 'unknown', mayRetry: false });
    expect(standIn.journal).toHaveLength(1);
  });
});

describe('JSON that breaks off', () => {
  it('behind the picture loses nothing but the rest', async () => {
    const whole = JSON.stringify(pictureAnswer(PNG, {}));
    const end = whole.indexOf(BASE64) + BASE64.length + 1;
    expectSame((await kept(text(whole.slice(0, end)))).bytes);
    standIn.reset();
    const lines = BASE64.replaceAll(/.{76}/g, '$&\\n');
    expectSame((await kept(text(`{"data":[{"b64_json": "${lines}"`))).bytes);
  });

  it('within the picture loses it', async () => {
    const whole = JSON.stringify(pictureAnswer(PNG, {}));
    standIn.answerNext(text(whole.slice(0, whole.indexOf(BASE64) + 20)));
    const error = await failureOf(generatorWith().generate(ASKED));
    expect(error).toMatchObject({ reason: 'malformed_answer', billing: 'unknown' });
  });
});

describe('an error with status 200', () => {
  it.each([
    [{ message: 'Blocked.', code: 'invalid_api_key' }, 'credentials_refused', 'refused'],
    [{ message: 'No.', code: 'insufficient_quota' }, 'quota_exhausted', 'refused'],
    [{ message: 'No.', type: 'invalid_request_error' }, 'request_refused', 'refused'],
    [{ message: 'No.', code: 403 }, 'access_refused', 'refused'],
    [{ message: 'No.', code: 502 }, 'server_error', 'unknown'],
    [{ message: 'No.', status: 429, code: 'insufficient_quota' }, 'quota_exhausted', 'refused'],
    [{ message: 'Something went wrong.' }, 'error_answer', 'unknown'],
    ['something went wrong', 'error_answer', 'unknown'],
  ])('is what it says: %j', async (error, reason, billing) => {
    standIn.answerNext(json({ error }));
    const failure = await failureOf(generatorWith().generate(ASKED));
    expect(failure).toMatchObject({ reason, billing });
    expect(standIn.journal).toHaveLength(1);
  });

  it.each([
    { message: 'A sentence that is long enough to be a picture.' },
    { data: [{ b64_json: 'not-base64-at-all***' }] },
  ])('is read beside what is no picture: %j', async (beside) => {
    standIn.answerNext(json({ ...beside, error: { message: 'no', code: 'invalid_api_key' } }));
    const failure = await failureOf(generatorWith().generate(ASKED));
    expect(failure).toMatchObject({ reason: 'credentials_refused', billing: 'refused' });
  });

  it('is one of several', async () => {
    standIn.answerNext(
      json({ success: false, result: null, errors: [{ code: 401, message: 'no' }] }),
    );
    const failure = await failureOf(generatorWith().generate(ASKED));
    expect(failure).toMatchObject({ reason: 'credentials_refused', billing: 'refused' });
  });

  it.each([
    [{ message: 'Not this dish.', code: 'moderation_blocked' }, 'gpt-image-1.5'],
    [{ message: "The model 'gpt-image-1.5' does not exist." }, 'gpt-image-2'],
    [{ message: 'No.', code: 'model_not_found' }, 'gpt-image-2'],
    [{ message: 'No.', code: 'unknown_parameter', param: 'quality' }, 'gpt-image-1.5'],
  ])('is acted on within the call: %j', async (error, model) => {
    standIn.answerNext(json({ error }));
    const generator = generatorWith({ fallbackModels: ['gpt-image-2'] });
    expect((await generator.generate(ASKED)).model).toBe(model);
    expect(standIn.journal).toHaveLength(2);
  });
});
