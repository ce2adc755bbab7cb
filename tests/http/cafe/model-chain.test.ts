import { afterEach, describe, expect, it, vi } from 'vitest';
import { openTestCafe, type TestCafe } from '../../support/open-test-cafe.ts';
import { refusal } from '../../support/openai-answers.ts';

const CHAIN = {
  OPENAI_IMAGE_MODEL: 'gpt-image-old',
  OPENAI_IMAGE_MODEL_FALLBACKS: 'gpt-image-2.6-flare,gpt-image-2',
};
const GONE = refusal(400, {
  message: "The model 'gpt-image-old' does not exist.",
  code: 'invalid_value',
});
const VERIFY = refusal(403, {
  message: 'Your organization must be verified to use the model `gpt-image-2.6-flare`.',
});

const models = ({ openai }: TestCafe) =>
  openai.journal.map(({ body }) => (body as { model: string }).model);
const states = ({ keys }: TestCafe) => keys('records/2').map((key) => key.split('.')[1] ?? '');

describe('a chain of models', () => {
  it('is walked with one reservation and one paid call, and the unit is spent once', async () => {
    const env = { ...CHAIN, DAILY_GENERATION_BUDGET: '1' };
    const cafe = await openTestCafe({ env });
    cafe.openai.answerNext(GONE, VERIFY);
    expect((await cafe.ask('/posts/a')).status).toBe(200);
    expect(models(cafe)).toEqual(['gpt-image-old', 'gpt-image-2.6-flare', 'gpt-image-2']);
    await cafe.cafe.servePageImage.finished();
    expect(states(cafe)).toEqual(['spent']);
  });

  it('that is refused as a whole gives the unit back', async () => {
    const env = { ...CHAIN, DAILY_GENERATION_BUDGET: '1', GENERATOR_PAUSE_MS: '100' };
    const cafe = await openTestCafe({ env });
    cafe.openai.answerNext(GONE, VERIFY, VERIFY);
    expect((await cafe.ask('/posts/a')).status).toBe(502);
    expect(states(cafe)).toEqual(['refused']);
    await expect.poll(async () => (await cafe.ask('/posts/a')).status).toBe(200);
  });

  it('is remembered over a restart, as far as models are gone', async () => {
    const first = await openTestCafe({ env: CHAIN });
    first.openai.answerNext(GONE);
    expect((await first.ask('/posts/a')).status).toBe(200);
    await first.drain();
    expect(first.keys('records/models')).toEqual(['records/models.json']);

    const second = await openTestCafe({ env: CHAIN, beside: first });
    await second.cafe.watchModels.recall();
    expect((await second.ask('/posts/b')).status).toBe(200);
    expect(models(second)).toEqual(['gpt-image-old', 'gpt-image-2.6-flare', 'gpt-image-2.6-flare']);
  });

  it('is forgotten where another server is asked, or nothing can be read', async () => {
    const first = await openTestCafe({ env: CHAIN });
    first.openai.answerNext(GONE);
    await first.ask('/posts/a');
    await first.drain();
    const elsewhere = { OPENAI_BASE_URL: `${first.urls.openai}/another/v1` };
    const second = await openTestCafe({ env: { ...CHAIN, ...elsewhere }, beside: first });
    await second.cafe.watchModels.recall();
    expect((await second.ask('/posts/b')).status).toBe(200);
    expect(models(second).at(-1)).toBe('gpt-image-old');

    first.s3.seed('records/models.json', 'nonsense');
    const third = await openTestCafe({ env: CHAIN, beside: first });
    await third.cafe.watchModels.recall();
    expect((await third.ask('/posts/c')).status).toBe(200);
    expect(models(third).at(-1)).toBe('gpt-image-old');
  });
});

describe('the day on which gpt-image-1.5 ends', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  /** The wall clock of the service and its stand-ins; time passes as ever. */
  const setClock = (moment: string) => {
    vi.unstubAllGlobals();
    const RealDate = Date;
    const offset = RealDate.parse(moment) - RealDate.now();
    class ShiftedDate extends RealDate {
      constructor(...args: [] | [string | number | Date]) {
        if (args.length === 0) super(RealDate.now() + offset);
        else super(...(args as [string]));
      }

      static override now(): number {
        return RealDate.now() + offset;
      }
    }
    vi.stubGlobal('Date', ShiftedDate);
  };
  const openOn = (moment: string) => {
    setClock(moment);
    // So that the store answers with the same clock, and not with the machine's.
    return openTestCafe({
      env: { OPENAI_IMAGE_MODEL: '' },
      before: (s3) => (s3.clockOffsetMs = 1),
    });
  };

  it('is the first on which the defaults ask the next model, without a request to the old one', async () => {
    const cafe = await openOn('2026-12-01T00:00:00Z');
    expect((await cafe.ask('/posts/a')).status).toBe(200);
    expect((await cafe.ask('/posts/b')).status).toBe(200);
    expect(models(cafe)).toEqual(['gpt-image-2.6-flare', 'gpt-image-2.6-flare']);
    expect(cafe.log.filter((line) => line.includes('it is skipped'))).toHaveLength(1);
    expect(cafe.cafe.about.generator.model).toBe('gpt-image-2.6-flare');
  });

  it('comes while the service runs, and nothing is lost over it', async () => {
    const cafe = await openOn('2026-11-30T12:00:00Z');
    expect((await cafe.ask('/posts/a')).status).toBe(200);
    setClock('2026-12-01T00:00:01Z');
    expect((await cafe.ask('/posts/b')).status).toBe(200);
    expect(models(cafe)).toEqual(['gpt-image-1.5', 'gpt-image-2.6-flare']);
    await cafe.cafe.servePageImage.finished();
    expect(states(cafe)).toEqual(['spent', 'spent']);
  });
});
