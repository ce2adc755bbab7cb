import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hang } from '../support/openai-answers.ts';
import { OpenAiStandIn } from '../support/openai-stand-in.ts';
import { S3StandIn } from '../support/s3-stand-in.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { runService, startService } from '../support/start-service.ts';

const production = {
  NODE_ENV: 'production',
  GENERATED_IMAGES_BUCKET: 'cafe-test',
  AWS_REGION: 'eu-west-3',
  AWS_ACCESS_KEY_ID: 'canary-key-id',
  AWS_SECRET_ACCESS_KEY: 'canary-secret',
  OPENAI_API_KEY: 'sk-canary',
  GEO_LOCATOR: 'none',
  HOST: '127.0.0.1',
};

async function startInProduction(env: Record<string, string> = {}) {
  const s3 = new S3StandIn();
  const openai = new OpenAiStandIn();
  const upstreams = await Promise.all([serveFetch(s3.handle), serveFetch(openai.handle)]);
  const service = await startService({
    ...production,
    AWS_ENDPOINT_URL_S3: String(upstreams[0]?.url),
    OPENAI_BASE_URL: `${upstreams[1]?.url}/v1`,
    ...env,
  });
  onTestFinished(async () => {
    await service.stop('SIGKILL');
    await Promise.all(upstreams.map((upstream) => upstream.close()));
  });
  return { s3, openai, service };
}

function ask(url: string, pagePath: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/api/cafe/generate`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ context: { pagePath, pageType: 'article' } }),
    ...(signal ? { signal } : {}),
  });
}

describe('in production', () => {
  it('names everything that is missing or malformed, at once, and exits with 1', async () => {
    const { code, output } = await runService({
      NODE_ENV: 'production',
      PORT: 'http',
      AWS_SECRET_ACCESS_KEY: 'canary-secret',
      DAILY_GENERATION_BUDGET: 'plenty',
    });
    expect(code).toBe(1);
    for (const name of [
      'PORT',
      'DAILY_GENERATION_BUDGET',
      'GENERATED_IMAGES_BUCKET',
      'AWS_REGION',
      'AWS_ACCESS_KEY_ID',
      'OPENAI_API_KEY',
    ]) {
      expect(output).toContain(`- ${name} `);
    }
    expect(output).not.toMatch(/canary|plenty| at /);
  });

  it('exits with 1 and one line when the country database is missing', async () => {
    const { code, output } = await runService({
      ...production,
      GEO_LOCATOR: 'mmdb',
      GEO_DATABASE: '/no/such.mmdb',
    });
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([expect.stringContaining('/no/such.mmdb')]);
  });

  it('says in one line what runs', async () => {
    const { service } = await startInProduction({
      CORS_ALLOWED_ORIGINS: 'https://blog.example',
      PUBLIC_IMAGE_BASE_URL: 'https://pictures.example',
    });
    const lines = service.output().trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      msg: 'listening',
      store: { kind: 's3' },
      generator: { kind: 'openai' },
      locator: { kind: 'none' },
    });
    expect(lines[0]).not.toContain('canary');
  });

  it('says what is left open and will hardly be meant so', async () => {
    const { service } = await startInProduction();
    const warnings = service
      .output()
      .split('\n')
      .filter((line) => line.includes('"warn"'));
    expect(warnings).toMatchObject([
      expect.stringContaining('CORS_ALLOWED_ORIGINS'),
      expect.stringContaining('PUBLIC_IMAGE_BASE_URL'),
    ]);
  });

  it('serves no demo blog and no pictures of its own', async () => {
    const { service } = await startInProduction();
    for (const place of ['/', '/api/cafe/about', '/images/x.png']) {
      expect((await fetch(service.url + place)).status).toBe(404);
    }
  });
});

describe('an output', () => {
  it('that nobody reads any more does not end the service', async () => {
    const { service } = await startInProduction();
    service.closeOutput();
    for (const page of ['/posts/a', '/posts/b', '/posts/c']) {
      expect((await ask(service.url, page)).status).toBe(200);
    }
    expect(await service.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('a port', () => {
  it('that is taken ends the start with one line', async () => {
    const { service } = await startInProduction();
    const { port } = new URL(service.url);
    const { code, output } = await runService({ ...production, PORT: port });
    expect([code, output.trim().split('\n')]).toEqual([1, [expect.stringContaining('in use')]]);
  });

  it('may be given by its alias', async () => {
    const DATA_DIR = await mkdtemp(path.join(tmpdir(), 'cafe-process-'));
    onTestFinished(() => rm(DATA_DIR, { recursive: true }));
    const service = await startService({ DATA_DIR, BACKEND_HOST: '127.0.0.1' });
    expect(service.output()).toMatch(/Demo blog\s+http:\/\/localhost:\d+\//);
    expect(service.output()).toContain(DATA_DIR);
    expect(await service.stop('SIGINT')).toEqual({ code: 0, signal: null });
  });
});

describe('P1: on SIGTERM', () => {
  it('an idle service ends at once, with 0', async () => {
    const { service } = await startInProduction();
    await ask(service.url, '/posts/a');
    expect(await service.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it('a running generation ends, is stored and answered, and new requests are refused', async () => {
    const { s3, openai, service } = await startInProduction();
    const painted = Promise.withResolvers<void>();
    openai.answerNext(async ({ usual }) => {
      await painted.promise;
      return usual();
    });
    s3.fault({ operation: 'put', key: /\.spent\./ }, { kind: 'delay', ms: 500 });
    const running = ask(service.url, '/posts/a');
    const late = beginRequest(service.url, '/posts/b');
    await expect.poll(() => openai.journal.length).toBe(1);
    const exit = service.stop('SIGTERM');
    const isListening = () =>
      fetch(`${service.url}/health`).then(
        () => true,
        () => false,
      );
    await expect.poll(isListening).toBe(false);
    expect(await late.finish()).toMatch(
      /^HTTP\/1\.1 503 [\s\S]*Connection: close[\s\S]*"draining"/,
    );
    await expect(ask(service.url, '/posts/c')).rejects.toThrow();
    painted.resolve();
    expect((await running).status).toBe(200);
    expect(await exit).toEqual({ code: 0, signal: null });
    const pictures = [...s3.objects.keys()].filter((key) => key.endsWith('.png'));
    expect([pictures.length, openai.journal.length]).toEqual([2, 1]);
    const records = [...s3.objects.keys()].filter((key) => key.startsWith('records/2'));
    expect(records).toEqual([expect.stringMatching(/\.spent\.\d+\.json$/)]);
  });

  it('D15: what is reserved and waits for its turn is given back, not bought', async () => {
    const { s3, openai, service } = await startInProduction({ MAX_CONCURRENT_GENERATIONS: '1' });
    openai.latencyMs = 1000;
    const readers = ['/posts/a', '/posts/b', '/posts/c', '/posts/d'].map((page) =>
      ask(service.url, page),
    );
    const reserved = () => s3.countOf({ operation: 'put', key: /\.reserved\./ });
    await expect.poll(() => [reserved(), openai.journal.length]).toEqual([4, 1]);
    const exit = service.stop('SIGTERM');
    const statuses = (await Promise.all(readers)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 503, 503, 503]);
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(openai.journal).toHaveLength(1);
    const records = [...s3.objects.keys()].filter((key) => key.startsWith('records/2'));
    const states = records.map((key) => key.split('.')[1]).toSorted();
    expect(states).toEqual(['refused', 'refused', 'refused', 'spent']);
  });

  it('a generation whose readers have all left is stored before the end', async () => {
    const { s3, openai, service } = await startInProduction();
    openai.latencyMs = 800;
    const leaving = new AbortController();
    const reader = ask(service.url, '/posts/a', leaving.signal);
    await expect.poll(() => openai.journal.length).toBe(1);
    leaving.abort();
    await expect(reader).rejects.toThrow();
    expect(await service.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect([...s3.objects.keys()].filter((key) => key.endsWith('.png'))).toHaveLength(2);
  });

  it('a reader who keeps the connection does not keep the service', async () => {
    const { openai, service } = await startInProduction();
    openai.latencyMs = 500;
    const running = ask(service.url, '/posts/a');
    await expect.poll(() => openai.journal.length).toBe(1);
    const exit = service.stop('SIGTERM');
    const answer = await running;
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    expect(await exit).toEqual({ code: 0, signal: null });
  });

  it('nor does a request that never arrives whole', async () => {
    const { service } = await startInProduction({ REQUEST_TIMEOUT_MS: '1000' });
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write('POST /api/cafe/generate HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n');
    socket.write('Content-Type: application/json\r\n\r\n{');
    // Answered after what came before it has arrived.
    await fetch(`${service.url}/health`);
    expect(await service.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it('P2: what outlasts DRAIN_TIMEOUT_MS is given up, with 1', async () => {
    const { openai, service } = await startInProduction({ DRAIN_TIMEOUT_MS: '200' });
    openai.answerNext(hang());
    const cutOff = expect(ask(service.url, '/posts/a')).rejects.toThrow();
    await expect.poll(() => openai.journal.length).toBe(1);
    expect((await service.stop('SIGTERM')).code).toBe(1);
    await cutOff;
  });
});

/** A request of which all but the last byte is sent, and that byte when it is told to finish. */
function beginRequest(url: string, pagePath: string) {
  const body = JSON.stringify({ context: { pagePath, pageType: 'article' } });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(
    `POST /api/cafe/generate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  socket.write(body.slice(0, -1));
  return {
    /** Everything that was answered until the service closed the connection. */
    async finish(): Promise<string> {
      socket.write('}');
      return (await socket.setEncoding('utf8').toArray()).join('');
    },
  };
}
