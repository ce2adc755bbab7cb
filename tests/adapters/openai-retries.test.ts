import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { hang, networkError, refusal } from '../support/openai-answers.ts';
import { API_KEY, ASKED, failureOf, openAiOverMsw } from '../support/openai-over-msw.ts';

const { standIn, notices, clock, generatorWith } = openAiOverMsw();

const busy = (headers: Record<string, string> = {}) =>
  refusal(429, { message: 'Rate limit reached.', code: 'rate_limit_exceeded' }, headers);

/** Waits until the generator sleeps, and makes sure that it would not have woken earlier. */
async function passExactly(ms: number): Promise<void> {
  await vi.waitFor(() => expect(clock.sleepers).toBe(1), 30_000);
  const before = standIn.journal.length;
  await clock.advance(ms - 1);
  expect(clock.sleepers).toBe(1);
  expect(standIn.journal).toHaveLength(before);
  await clock.advance(1);
  await vi.waitFor(() => expect(standIn.journal).toHaveLength(before + 1), 30_000);
}

describe('a rate limit', () => {
  const httpDate = () => new Date(clock.now() + 7000).toUTCString();

  it.each([
    ['retry-after in seconds', () => ({ 'retry-after': '20' }), 20_000],
    ['retry-after as a date', () => ({ 'retry-after': httpDate() }), 7000],
    ['retry-after-ms', () => ({ 'retry-after-ms': '1500.5' }), 1500.5],
    ['both, of which the exact one counts', bothHeaders, 40],
    ['no header', () => ({}), 1000],
    ['a header of zero', () => ({ 'retry-after': '0' }), 1000],
    ['a header of nonsense', () => ({ 'retry-after': 'soon' }), 1000],
    ['a date in the past', () => ({ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }), 1000],
  ])('O1: is waited for with %s', async (_, headers, ms) => {
    standIn.answerNext(busy(headers()));
    const made = generatorWith({ timeoutMs: 60_000 }).generate(ASKED);
    await passExactly(ms);
    expect(await made).toMatchObject({ model: 'gpt-image-1.5' });
    expect(standIn.journal).toHaveLength(2);
  });

  function bothHeaders() {
    return { 'retry-after': '9', 'retry-after-ms': '40' };
  }

  it('O1: is waited for twice, one second and then two where it does not say', async () => {
    standIn.answerNext(busy(), busy());
    const made = generatorWith({ timeoutMs: 60_000 }).generate(ASKED);
    await passExactly(1000);
    await passExactly(2000);
    await made;
    expect(standIn.journal).toHaveLength(3);
  });

  it('O1: is a refusal the third time', async () => {
    standIn.answerNext(busy(), busy(), busy());
    const failed = failureOf(generatorWith({ timeoutMs: 60_000 }).generate(ASKED));
    await passExactly(1000);
    await passExactly(2000);
    expect(await failed).toMatchObject({
      code: 'upstream_failed',
      reason: 'rate_limited',
      billing: 'refused',
      mayRetry: false,
    });
    expect(standIn.journal).toHaveLength(3);
  });

  it.each([
    ['it asks for more than 20 seconds', { 'retry-after': '21' }, 60_000],
    ['it asks for more than is left of the time', { 'retry-after': '5' }, 5000],
    ['it says not to ask again', { 'retry-after': '1', 'x-should-retry': 'false' }, 60_000],
  ])('O1: is a refusal at once where %s', async (_, headers, timeoutMs) => {
    standIn.answerNext(busy(headers));
    const error = await failureOf(generatorWith({ timeoutMs }).generate(ASKED));
    expect(error).toMatchObject({ reason: 'rate_limited', billing: 'refused' });
    expect(standIn.journal).toHaveLength(1);
  });

  it('O1: is not waited for beyond the end of the time', async () => {
    standIn.answerNext(busy());
    // The clock stands still, so only the deadline can end the wait.
    const error = await failureOf(generatorWith({ timeoutMs: 1100 }).generate(ASKED));
    expect(error).toMatchObject({ reason: 'rate_limited', billing: 'refused' });
    expect(standIn.journal).toHaveLength(1);
    await clock.advance(1000);
  });
});

describe('a refusal that does not pass', () => {
  it.each([
    [429, { message: 'Over quota.', code: 'insufficient_quota' }, 'quota_exhausted'],
    [429, { message: 'Over quota.', type: 'insufficient_quota' }, 'quota_exhausted'],
    [400, { message: 'Limit.', code: 'billing_hard_limit_reached' }, 'quota_exhausted'],
    [401, { message: 'Incorrect API key.', code: 'invalid_api_key' }, 'credentials_refused'],
    [403, { message: 'Your account is not active.' }, 'access_refused'],
    [404, { message: 'No such thing.' }, 'not_found'],
    [400, { message: 'Bad.', code: 'invalid_request' }, 'request_refused'],
    [413, { message: 'Too large.' }, 'request_refused'],
  ])('O2: status %i with %j costs nothing and is asked once', async (status, error, reason) => {
    // A header that asks for more does not change it.
    standIn.answerNext(refusal(status, error, { 'retry-after': '1', 'x-should-retry': 'true' }));
    const generator = generatorWith({ fallbackModels: ['gpt-image-2'] });
    const failure = await failureOf(generator.generate(ASKED));
    expect(failure).toMatchObject({
      code: 'upstream_failed',
      reason,
      billing: 'refused',
      mayRetry: false,
    });
    expect(standIn.journal).toHaveLength(1);
    expect(generator.model).toBe('gpt-image-1.5');
  });
});

describe('a moderated prompt', () => {
  const blocked = refusal(400, {
    message: 'Your request was rejected by the safety system: size, background, quality.',
    type: 'image_generation_user_error',
    code: 'moderation_blocked',
  });

  it('O3: is sent once more as it was, for another random dish', async () => {
    standIn.answerNext(blocked);
    await generatorWith().generate(ASKED);
    const [first, second] = standIn.journal;
    expect(second?.body).toEqual(first?.body);
    expect(standIn.journal).toHaveLength(2);
  });

  it('O3: is a refusal the second time', async () => {
    standIn.answerNext(blocked, blocked);
    const error = await failureOf(generatorWith().generate(ASKED));
    expect(error).toMatchObject({
      code: 'upstream_failed',
      reason: 'moderation_blocked',
      billing: 'refused',
    });
    expect(standIn.journal).toHaveLength(2);
  });
});

describe('a failure of the server', () => {
  it.each([
    [500, {}, false],
    [502, { 'x-should-retry': 'false' }, false],
    [503, { 'retry-after': '1' }, false],
    [503, { 'x-should-retry': 'true' }, true],
    [504, {}, false],
    [529, {}, false],
  ])(
    'O4: %i with %j may have been billed: the caller decides',
    async (status, headers, mayRetry) => {
      standIn.answerNext(refusal(status, { message: 'Oops.' }, headers));
      const error = await failureOf(generatorWith().generate(ASKED));
      expect(error).toMatchObject({
        code: 'upstream_failed',
        reason: 'server_error',
        billing: 'unknown',
        mayRetry,
      });
      expect(standIn.journal).toHaveLength(1);
    },
  );

  it.each([405, 408, 409, 418, 425, 460, 499])(
    'O4: %i, which a gateway may answer for a request it passed on, does not prove that it was free',
    async (status) => {
      standIn.answerNext(refusal(status, { message: 'No.' }));
      const error = await failureOf(generatorWith().generate(ASKED));
      expect(error).toMatchObject({ reason: 'unclear_answer', billing: 'unknown' });
      expect(standIn.journal).toHaveLength(1);
    },
  );
});

describe('an answer that does not come', () => {
  it('O5: a connection that breaks after the request is unknown, and not repeated', async () => {
    standIn.answerNext(networkError());
    const error = await failureOf(generatorWith().generate(ASKED));
    expect(error).toMatchObject({
      code: 'upstream_failed',
      reason: 'connection_lost',
      billing: 'unknown',
      mayRetry: false,
    });
    expect(standIn.journal).toHaveLength(1);
  });

  it('O6: is given up on at the end of the time, and not repeated', async () => {
    standIn.answerNext(hang());
    const error = await failureOf(generatorWith({ timeoutMs: 150 }).generate(ASKED));
    expect(error).toMatchObject({
      code: 'generation_timeout',
      reason: 'deadline',
      billing: 'unknown',
      mayRetry: false,
    });
    expect(standIn.journal).toHaveLength(1);
  });

  it('O6: the time is that of the whole call, of retries too', async () => {
    const blocked = refusal(400, { message: 'No.', code: 'moderation_blocked' });
    standIn.answerNext(async (asked) => {
      await pause(1500);
      return blocked(asked);
    }, hang());
    // Two timers of one process end in their order, however busy the machine is. A retry that had all the
    // time again would end after the second.
    const tooLate = pause(4000, 'too late');
    const error = failureOf(generatorWith({ timeoutMs: 3000 }).generate(ASKED));
    expect(await Promise.race([error, tooLate])).toMatchObject({
      code: 'generation_timeout',
      billing: 'unknown',
    });
  });
});

describe('what is told of a failure', () => {
  const echo = `Incorrect API key provided: ${API_KEY}.`;

  it('is in the cause, never in the message', async () => {
    standIn.answerNext(refusal(403, { message: 'UPSTREAM WORDS', code: 'odd_code' }));
    const error = await failureOf(generatorWith().generate(ASKED));
    expect(error.message).toBe('The picture could not be made.');
    expect(error.cause).toMatchObject({
      name: 'PermissionDeniedError',
      message: '403 UPSTREAM WORDS',
      status: 403,
      code: 'odd_code',
    });
  });

  it('does not hold the key, even where the upstream repeats it', async () => {
    standIn.answerNext(refusal(401, { message: echo, param: echo, code: echo, type: echo }));
    const error = await failureOf(generatorWith().generate(ASKED));
    expect((error.cause as Error).message).toContain('Incorrect API key provided: [key].');
    expect(everythingIn(error)).not.toContain(API_KEY);
    expect(JSON.stringify(notices)).not.toContain(API_KEY);
  });

  it('does not hold a key that cannot be sent, and proves that nothing was sent', async () => {
    const apiKey = 'sk-canary-\u201cpasted\u201d';
    const error = await failureOf(generatorWith({ apiKey }).generate(ASKED));
    expect(error).toMatchObject({ reason: 'request_not_made', billing: 'refused' });
    expect(everythingIn(error)).not.toContain(apiKey);
    expect(standIn.journal).toEqual([]);
  });
});

/** All texts of an error and its causes. */
function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = Object.getOwnPropertyNames(error).filter((name) => name !== 'cause');
  const fields = own.map((name) => String((error as unknown as Record<string, unknown>)[name]));
  return [...fields, everythingIn(error.cause)].join('\n');
}
