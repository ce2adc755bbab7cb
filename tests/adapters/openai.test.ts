import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { MAX_PNG_BYTES } from '../../src/adapters/image-generator/checked-png.ts';
import {
  bytesForPicture,
  changedBase64,
  drip,
  hugeBody,
  json,
  text,
} from '../support/openai-answers.ts';
import { API_KEY, ASKED, failureOf, openAiOverMsw } from '../support/openai-over-msw.ts';
import { pictureAnswer } from '../support/openai-stand-in.ts';
import { pngChunk, pngHeader, pngOf, tinyPng } from '../support/tiny-png.ts';

const { standIn, notices, sent, generatorWith } = openAiOverMsw();

describe('what is sent', () => {
  it('asks for one PNG with the configured settings, and for nothing else', async () => {
    const generator = generatorWith({ quality: 'low', size: '1536x1024', background: 'opaque' });
    await generator.generate(ASKED);
    expect(standIn.journal).toMatchObject([
      { method: 'POST', path: '/v1/images/generations', status: 200 },
    ]);
    expect(sent()).toEqual([
      {
        model: 'gpt-image-1.5',
        prompt: ASKED.prompt,
        n: 1,
        quality: 'low',
        size: '1536x1024',
        background: 'opaque',
        output_format: 'png',
      },
    ]);
    expect(standIn.journal[0]?.headers.authorization).toBe(`Bearer ${API_KEY}`);
  });

  it('takes a blank base URL for the default one', async () => {
    await generatorWith({ baseUrl: '  ' }).generate(ASKED);
    expect(standIn.journal).toHaveLength(1);
  });

  it('goes where the base URL says', async () => {
    const generator = generatorWith({ baseUrl: 'https://api.openai.com/gateway/v9/' });
    await generator.generate(ASKED);
    expect(standIn.journal[0]?.path).toBe('/gateway/v9/images/generations');
  });

  it('takes no settings from the environment', async () => {
    vi.stubEnv('OPENAI_BASE_URL', 'https://elsewhere.example/v1');
    vi.stubEnv('OPENAI_ORG_ID', 'org-elsewhere');
    vi.stubEnv('OPENAI_PROJECT_ID', 'proj-elsewhere');
    vi.stubEnv('OPENAI_LOG', 'debug');
    const debug = vi.spyOn(console, 'debug');
    try {
      await generatorWith().generate(ASKED);
    } finally {
      vi.unstubAllEnvs();
    }
    expect(JSON.stringify(standIn.journal)).not.toContain('elsewhere');
    expect(standIn.journal).toHaveLength(1);
    expect(debug).not.toHaveBeenCalled();
  });

  it('uses the fetch of the moment, not the one that was there at construction', async () => {
    const generator = generatorWith();
    const intercepted = vi
      .spyOn(globalThis, 'fetch')
      .mockResolvedValueOnce(Response.json(pictureAnswer(tinyPng(), {})));
    await generator.generate(ASKED);
    expect(intercepted).toHaveBeenCalledOnce();
    expect(standIn.journal).toEqual([]);
    intercepted.mockRestore();
  });
});

describe('what comes back', () => {
  it('hands on the picture byte for byte, with its size, model, cost and tokens', async () => {
    const png = tinyPng({ width: 5, height: 9, seed: 42 });
    standIn.answerNext(bytesForPicture(png));
    const image = await generatorWith().generate(ASKED);
    expect(Buffer.from(image.bytes).equals(Buffer.from(png))).toBe(true);
    expect(image).toMatchObject({
      width: 5,
      height: 9,
      model: 'gpt-image-1.5',
      // 9 tokens of text at 5 and 1056 of picture at 32 millionths of a dollar.
      costMicroUsd: 9 * 5 + 1056 * 32,
      tokens: { input: 9, output: 1056 },
    });
  });

  it('takes a picture of a single pixel', async () => {
    standIn.answerNext(bytesForPicture(tinyPng({ width: 1, height: 1 })));
    expect(await generatorWith().generate(ASKED)).toMatchObject({ width: 1, height: 1 });
  });

  it.each([
    ['absent', undefined],
    ['zero', { input_tokens: 0, output_tokens: 0, total_tokens: 0 }],
    ['nonsense', { input_tokens: -1, output_tokens: 'many' }],
  ])('prices the picture by the table where the usage report is %s', async (_, usage) => {
    standIn.answerNext(json({ ...pictureAnswer(tinyPng(), { quality: 'medium' }), usage }));
    const image = await generatorWith().generate(ASKED);
    expect(image.costMicroUsd).toBe(1056 * 32);
    expect(image).not.toHaveProperty('tokens');
  });

  it('prices what was really painted where the answer says so', async () => {
    const answer = pictureAnswer(tinyPng(), {}, false);
    standIn.answerNext(json({ ...answer, quality: 'low', size: '1024x1024' }));
    const image = await generatorWith({ quality: 'auto', size: 'auto' }).generate(ASKED);
    expect(image.costMicroUsd).toBe(272 * 32);
  });

  it('says once that pictures cost more than was set aside, and what they cost', async () => {
    const usage = { input_tokens: 100, output_tokens: 50_000 };
    const dear = json({ ...pictureAnswer(tinyPng(), {}), usage });
    standIn.answerNext(dear, dear);
    const generator = generatorWith();
    const setAsideMicroUsd = generator.dearestMicroUsd;
    const asked = { ...ASKED, reservedMicroUsd: setAsideMicroUsd };
    const image = await generator.generate(asked);
    await generator.generate(asked);
    expect(image.costMicroUsd).toBe(100 * 8 + 50_000 * 32);
    expect(notices).toMatchObject([
      { details: { model: 'gpt-image-1.5', costMicroUsd: image.costMicroUsd, setAsideMicroUsd } },
    ]);
  });
});

describe('answers without a picture were paid for, and bring nothing', () => {
  it.each([
    ['no data', {}],
    ['data of null', { data: null }],
    ['an empty list', { data: [] }],
    ['a null entry', { data: [null] }],
    ['an entry without base64', { data: [{}] }],
    ['an empty text', { data: [{ b64_json: '' }] }],
    ['a number', { data: [{ b64_json: 7 }] }],
    ['null', null],
    ['a list', []],
  ])('O7: %s is unknown, and asked for once', async (_, body) => {
    standIn.answerNext(json(body));
    const error = await failureOf(generatorWith().generate(ASKED));
    expect(error).toMatchObject({
      code: 'upstream_failed',
      reason: 'no_picture',
      billing: 'unknown',
      mayRetry: false,
    });
    expect(standIn.journal).toHaveLength(1);
  });

  it.each([
    ['a page of HTML', 'text/html', '<!doctype html><title>Welcome</title>', 'no_picture'],
    ['a text without a type', '', 'hello', 'no_picture'],
    ['broken JSON', 'application/json', '{"data":[{"b64_json":"iVBORw', 'malformed_answer'],
    ['an empty body', 'application/json', '', 'no_picture'],
  ])('O7: %s with status 200 is unknown', async (_, type, body, reason) => {
    standIn.answerNext(text(body, { headers: { 'content-type': type } }));
    const error = await failureOf(generatorWith().generate(ASKED));
    expect(error).toMatchObject({ reason, billing: 'unknown' });
    expect(standIn.journal).toHaveLength(1);
  });

  const whole = Buffer.from(tinyPng({ width: 40, height: 40 })).toString('base64');
  it.each(Array.from({ length: 10 }, (_, i) => Math.floor(((i + 0.5) * whole.length) / 10)))(
    'O8: base64 cut off after %i characters is no picture',
    async (length) => {
      standIn.answerNext(json({ data: [{ b64_json: whole.slice(0, length) }] }));
      const error = await failureOf(generatorWith().generate(ASKED));
      expect(error.reason).toMatch(/^(malformed_base64|damaged_png|not_a_png)$/);
      expect(error.billing).toBe('unknown');
    },
  );

  it.each([
    ['a character that is not base64', (b64: string) => `${b64.slice(0, 40)}*${b64.slice(41)}`],
    ['padding in the middle', (b64: string) => `${b64.slice(0, 38)}==${b64.slice(40)}`],
    ['a character too many', (b64: string) => `${b64.replace(/=+$/, '').padEnd(97, 'A')}A`],
    ['a data URL cut off in its header', () => `data:image/png;base64${' '.repeat(300)}`],
  ])('O8: base64 with %s is no picture', async (_, change) => {
    standIn.answerNext(changedBase64(change));
    const error = await failureOf(generatorWith().generate(ASKED));
    expect(error.reason).toMatch(/^(malformed_base64|damaged_png)$/);
    expect(error.billing).toBe('unknown');
  });

  it('O8: a picture with a damaged byte is no picture', async () => {
    const png = tinyPng();
    png[50]! ^= 1;
    standIn.answerNext(bytesForPicture(png));
    const error = await failureOf(generatorWith().generate(ASKED));
    expect(error).toMatchObject({ reason: 'damaged_png', billing: 'unknown' });
    expect(error.cause).toMatchObject({ message: 'damaged_png' });
  });

  it.each([
    ['half a JPEG', Buffer.from('ffd8ffe000104a46494600010100', 'hex'), 'damaged_picture'],
    ['half a WebP', Buffer.from('RIFF\x24\0\0\0WEBPVP8 '), 'damaged_picture'],
    ['HTML', Buffer.from('<!doctype html><h1>Sorry</h1>'), 'not_a_png'],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'not_a_png'],
  ])('O9: %s is no picture', async (_, bytes, reason) => {
    standIn.answerNext(bytesForPicture(bytes));
    const error = await failureOf(generatorWith().generate(ASKED));
    expect(error).toMatchObject({ code: 'upstream_failed', reason, billing: 'unknown' });
    expect(standIn.journal).toHaveLength(1);
  });

  it('O10: a PNG of 60000x60000 pixels is refused by its header', async () => {
    const header = pngChunk('IHDR', pngHeader({ width: 60_000, height: 60_000 }));
    const bomb = pngOf(header, pngChunk('IDAT', Uint8Array.of(1)), pngChunk('IEND'));
    standIn.answerNext(bytesForPicture(bomb));
    const error = await failureOf(generatorWith().generate(ASKED));
    expect(error).toMatchObject({ reason: 'oversized_png', billing: 'unknown' });
  });

  it('O11: a PNG of 16 MiB is taken as it is, and a heavier one without its ballast', async () => {
    const frame = tinyPng({ ballast: 1 }).length - 1;
    const largest = tinyPng({ ballast: MAX_PNG_BYTES - frame });
    const larger = tinyPng({ ballast: MAX_PNG_BYTES - frame + 1 });
    standIn.answerNext(bytesForPicture(largest), bytesForPicture(larger));
    const generator = generatorWith();
    expect((await generator.generate(ASKED)).bytes).toHaveLength(MAX_PNG_BYTES);
    expect((await generator.generate(ASKED)).bytes.length).toBeLessThan(100_000);
  });

  it('O11: a body beyond the limit is cut off, before it is read to the end', async () => {
    let sent = 0;
    const onSent = (total: number) => {
      sent = total;
    };
    standIn.answerNext(hugeBody(200 * 1024 * 1024, { onSent }));
    const error = await failureOf(generatorWith().generate(ASKED));
    expect(error).toMatchObject({ reason: 'oversized_answer', billing: 'unknown' });
    expect(sent).toBeLessThan(60 * 1024 * 1024);
  });

  it('O11: a picture that drips in is taken if it is whole in time', async () => {
    standIn.answerNext(drip(1, 100));
    expect((await generatorWith().generate(ASKED)).width).toBeGreaterThan(0);
  });

  it('O12: eight pictures of 3 MB at once all arrive whole', async () => {
    const pngs = Array.from({ length: 8 }, (_, seed) => tinyPng({ seed, ballast: 3_000_000 }));
    standIn.answerNext(...pngs.map(bytesForPicture));
    const generator = generatorWith();
    const images = await Promise.all(pngs.map(() => generator.generate(ASKED)));
    const digests = (all: Uint8Array[]) =>
      all.map((bytes) => createHash('sha256').update(bytes).digest('hex')).toSorted();
    expect(digests(images.map(({ bytes }) => bytes))).toEqual(digests(pngs));
  });
});
