import { isIPv4 } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished } from 'vitest';
import { dishPrompt } from '../../src/domain/cafe/dish-prompt.ts';
import { COUNTRIES } from '../../src/domain/countries/country.ts';
import { heldBy, superlinearCost } from './held-loop.ts';
import { type HostileRequest, hostileRequest, refilled } from './hostile-requests.ts';
import { ORIGIN, openTestCafe, type TestCafe } from './open-test-cafe.ts';
import { allThatComes, rawConnection } from './raw-http.ts';
import { slowRequests } from './slow-requests.ts';
import { daysSince } from './utc-days.ts';
import { quantile } from './watched-service.ts';

/** Sent side by side. */
const BATCH = 100;
/** After which a request that is not whole will not become so. */
const QUIET_MS = 150;
/** On a busy machine. */
const PATIENCE_MS = 120_000;
const BUDGET = 20;
/** From so many requests on every header, body and target is filled, too, with whatever a parser may look for. */
const LONG_RUN = 10_000;
const POOLED = 'generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png';
const KEY = /^(generated\/v2|records)\//;
const PROMPTS = new Set([undefined, ...COUNTRIES].map(dishPrompt));

export interface FuzzFigures {
  requests: number;
  seed: number;
  seconds: number;
  /** How many answers there were of each status; 0 is no answer. */
  statuses: Record<number, number>;
  /** How long requests with thousands of equal characters held the event loop, each of them sent by itself. */
  held: { requests: number; p99Ms: number; maxMs: number };
}

/**
 * Sends generated requests to the whole service, in this process, and looks at every answer and at
 * all that the service did for it. What fails is thrown with the seed by which it comes again, and
 * the path to the batch alone.
 */
export async function fuzz(
  requests: number,
  { seed = Date.now() | 0, path = '' } = {},
): Promise<FuzzFigures> {
  const cafe = await openTestCafe({
    env: {
      DAILY_GENERATION_BUDGET: String(BUDGET),
      ADMIN_TOKEN: 'canary-admin-token-0123456789',
      LOG_LEVEL: 'info',
      // The store is a stand-in in this process, and has to answer in time whatever else runs here.
      S3_READ_TIMEOUT_MS: '60000',
      S3_WRITE_TIMEOUT_MS: '60000',
    },
  });
  cafe.s3.seed(POOLED, 'picture');
  await cafe.cafe.pool.refresh();
  const uncaught: unknown[] = [];
  const take = (error: unknown) => uncaught.push(error);
  process.on('unhandledRejection', take);
  process.on('uncaughtExceptionMonitor', take);
  onTestFinished(() => {
    process.off('unhandledRejection', take);
    process.off('uncaughtExceptionMonitor', take);
  });

  const statuses: Record<number, number> = {};
  const heldMs: number[] = [];
  const started = Date.now();
  const batch = fc.array(hostileRequest(), { minLength: BATCH, maxLength: BATCH });
  const property = fc.asyncProperty(batch, async (all) => {
    const answers = await Promise.all(all.map((request) => answerTo(cafe.url, request)));
    for (const [n, request] of all.entries()) {
      const status = checkAnswer(request, answers[n] ?? '');
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    checkCalls(cafe, BUDGET * daysSince(started));
    checkLog(cafe);
    expect(uncaught).toEqual([]);
    for (const request of all) heldMs.push(...(await checkHeld(cafe.url, request)));
    // What was measured once more is checked like the rest.
    checkCalls(cafe, BUDGET * daysSince(started));
    checkLog(cafe);
  });
  const details = await fc.check(property, {
    seed,
    ...(path ? { path } : {}),
    numRuns: Math.ceil(requests / BATCH),
    endOnFailure: true,
  });
  if (details.failed) {
    // The whole batch would fill screens; the error names the request in it.
    const place = `FUZZ_SEED=${details.seed} FUZZ_PATH=${details.counterexamplePath}`;
    throw new Error(`After ${details.numRuns * BATCH} requests, with ${place}`, {
      cause: details.errorInstance,
    });
  }
  if (requests >= LONG_RUN) expect(await slowRequests(cafe.url)).toEqual([]);
  checkBucket(cafe);
  expect((await cafe.send('/health')).status).toBe(200);
  expect((await cafe.ask('/posts/after-all-that')).status).toBe(200);
  const seconds = Math.round((Date.now() - started) / 1000);
  const held = {
    requests: heldMs.length,
    p99Ms: Number(quantile(heldMs, 0.99).toFixed(1)),
    maxMs: Number(Math.max(0, ...heldMs).toFixed(1)),
  };
  return { requests: Math.ceil(requests / BATCH) * BATCH, seed, seconds, statuses, held };
}

/**
 * The milliseconds for which a request with a long filling held the event loop; none for other requests. Fails
 * where they grow faster than the filling.
 */
async function checkHeld(url: string, request: HostileRequest): Promise<number[]> {
  const long = refilled(request);
  if (!long) return [];
  const held = await heldBy(url, request.bytes);
  const cost = await superlinearCost(url, long.request, long.length, held);
  if (cost) {
    const about = request.bytes.toString('latin1').slice(0, 500);
    expect(`${cost.short} ms if short, ${cost.long} ms if long: ${about}`).toBe('proportional');
  }
  return [held];
}

async function answerTo(url: string, { bytes, isHttp }: HostileRequest): Promise<string> {
  const socket = rawConnection(url);
  const answer = allThatComes(socket, isHttp ? PATIENCE_MS : QUIET_MS);
  socket.write(bytes);
  const since = performance.now();
  // `Expect: 100-continue` is answered twice.
  const text = (await answer).replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  if (isHttp && text === '') return `nothing, for ${Math.round(performance.now() - since)} ms`;
  return text;
}

/** Looks at an answer and gives its status, 0 where bytes that are no request got none. */
function checkAnswer({ bytes, isHttp }: HostileRequest, answer: string): number {
  const [, status = '0', headers = '', body = ''] =
    /^HTTP\/1\.1 (\d{3}) [\w '-]*\r\n([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(answer) ?? [];
  const about = () => `${bytes.toString('latin1').slice(0, 2000)}\n=> ${answer.slice(0, 2000)}`;
  if (status === '0') {
    if (isHttp || answer !== '') expect(about()).toBe('answered as HTTP');
    return 0;
  }
  if (Number(status) >= 500) expect(about()).toBe('answered below 500');
  if (/[^\t\r\n\x20-\x7e]/.test(headers)) expect(about()).toBe('answered with clean headers');
  if (isHttp && /^content-type: application\/json/im.test(headers) && !bytes.includes('HEAD ')) {
    checkJson(Number(status), body, about);
  }
  return Number(status);
}

function checkJson(status: number, body: string, about: () => string): void {
  const parsed = JSON.parse(Buffer.from(body, 'latin1').toString());
  if (status >= 400) {
    const { code, message, requestId } = parsed.error ?? {};
    const isWhole = [code, message, requestId].every((part) => typeof part === 'string' && part);
    if (!isWhole) expect(about()).toBe('answered with an error of the one shape');
    return;
  }
  if ('url' in parsed && !parsed.url.startsWith(`${ORIGIN}/generated/v2/`)) {
    expect(about()).toBe('answered with a URL below the prefix');
  }
}

/** What the service asked of others since it was looked at last. */
function checkCalls({ s3, openai, countryIs }: TestCafe, budget: number): void {
  const strays = s3.journal.filter(({ bucket, key }) => bucket !== s3.bucket || !KEY.test(key));
  expect(strays).toEqual([]);
  s3.journal.length = 0;
  const asked = countryIs.journal.map((path) => decodeURIComponent(path.slice(1)));
  expect(asked.filter((address) => !isPublic(address))).toEqual([]);
  countryIs.journal.length = 0;
  expect(openai.journal.length).toBeLessThanOrEqual(budget);
  for (const { body } of openai.journal) {
    expect(PROMPTS).toContain((body as { prompt: string }).prompt);
  }
}

/** Every line is JSON of its own, without a secret. */
function checkLog({ log }: TestCafe): void {
  for (const line of log) {
    JSON.parse(line);
    expect(line).not.toMatch(/canary|unexpected error/);
  }
  log.length = 0;
}

function checkBucket({ s3 }: TestCafe): void {
  const keys = [...s3.objects.keys()];
  expect(keys.filter((key) => !KEY.test(key) || /(^|\/)\.{0,2}(\/|$)/.test(key))).toEqual([]);
  expect(keys.filter((key) => Buffer.byteLength(key) > 1024)).toEqual([]);
  const empty = [...s3.objects].filter(([key, { bytes }]) => /\.png$/.test(key) && !bytes.length);
  expect(empty).toEqual([]);
}

/** Networks that nobody is looked up in, said in another way than the service says them. */
const SPECIAL =
  /^(0|10|127|22[4-9]|2[345]\d|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|169\.254|172\.(1[6-9]|2\d|3[01])|192\.(168|0\.[02]|88\.99)|198\.(1[89]|51\.100)|203\.0\.113)\./;

function isPublic(address: string): boolean {
  if (isIPv4(address)) return !SPECIAL.test(address);
  const [first = '', second = ''] = address.split(':');
  const network = Number.parseInt(first, 16) * 65_536 + Number.parseInt(second || '0', 16);
  const within = (from: number, to: number) => network >= from && network <= to;
  const isSpecial =
    within(0x20010000, 0x200101ff) ||
    within(0x20010db8, 0x20010db8) ||
    within(0x20020000, 0x2002ffff) ||
    within(0x3fff0000, 0x3fff0fff);
  return within(0x20000000, 0x3fffffff) && !isSpecial;
}
