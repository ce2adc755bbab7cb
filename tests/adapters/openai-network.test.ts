import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { OpenAiImageGenerator } from '../../src/adapters/image-generator/openai.ts';
import { ASKED, failureOf } from '../support/openai-over-msw.ts';
import { pictureAnswer } from '../support/openai-stand-in.ts';
import { tinyPng } from '../support/tiny-png.ts';

/** What happens on real sockets, where an interceptor would only act it. */

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Answers every request, once it is read, with `answer`; counts connections and requests. */
async function served(answer: (response: ServerResponse, request: IncomingMessage) => void) {
  const counts = { connections: 0, requests: 0 };
  const server = createServer((request, response) => {
    counts.requests += 1;
    request.resume().on('end', () => answer(response, request));
  });
  server.on('connection', () => {
    counts.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/v1`, counts, server };
}

function generatorAt(baseUrl: string, timeoutMs = 10_000) {
  return new OpenAiImageGenerator({
    apiKey: 'sk-test',
    baseUrl,
    model: 'gpt-image-1.5',
    fallbackModels: [],
    quality: 'medium',
    size: '1024x1024',
    background: 'auto',
    timeoutMs,
    clock: new ManualClock(0),
  });
}

const asJson = { 'content-type': 'application/json' };

describe('a server that is not there', () => {
  it('O4: a refused connection was not billed, and is tried twice', async () => {
    const { baseUrl, server } = await served(() => {});
    await new Promise((resolve) => server.close(resolve));
    const attempts = countingFetch();
    const error = await failureOf(generatorAt(baseUrl).generate(ASKED));
    expect(error).toMatchObject({
      code: 'upstream_failed',
      reason: 'unreachable',
      billing: 'refused',
    });
    expect(attempts()).toBe(2);
  });

  it('O4: a name that does not resolve was not billed, and is tried twice', async () => {
    const attempts = countingFetch();
    const error = await failureOf(generatorAt('http://nowhere.invalid/v1').generate(ASKED));
    expect(error).toMatchObject({ reason: 'unreachable', billing: 'refused' });
    expect(attempts()).toBe(2);
  });

  it('O4: a server that comes back between the two tries brings the picture', async () => {
    const { baseUrl } = await served((response) => {
      response.writeHead(200, asJson).end(JSON.stringify(pictureAnswer(tinyPng(), {})));
    });
    const attempts = countingFetch((n, go) => (n === 1 ? fetchNowhere() : go()));
    await generatorAt(baseUrl).generate(ASKED);
    expect(attempts()).toBe(2);
  });

  it('is a refusal where it sends elsewhere: a paid request is not passed around', async () => {
    const elsewhere = await served((response) => response.writeHead(200, asJson).end('{}'));
    const { baseUrl } = await served((response) => {
      response.writeHead(307, { location: `${elsewhere.baseUrl}/images/generations` }).end();
    });
    const error = await failureOf(generatorAt(baseUrl).generate(ASKED));
    expect(error).toMatchObject({ reason: 'redirected', billing: 'refused' });
    expect(elsewhere.counts.requests).toBe(0);
  });

  it('is a refusal where its address is none', async () => {
    const error = await failureOf(generatorAt('not a url').generate(ASKED));
    expect(error).toMatchObject({ reason: 'request_not_made', billing: 'refused' });
  });

  /** Through the one place that looks `fetch` up at each call. */
  function countingFetch(answer = (_n: number, go: () => Promise<Response>) => go()) {
    const original = globalThis.fetch;
    let n = 0;
    globalThis.fetch = (...args) => {
      n += 1;
      return answer(n, () => original(...args));
    };
    closers.push(() => {
      globalThis.fetch = original;
    });
    return () => n;
  }

  async function fetchNowhere(): Promise<never> {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    throw new TypeError('fetch failed', { cause: new AggregateError([refused]) });
  }
});

describe('a connection that breaks', () => {
  it.each([
    ['before the headers', (response: ServerResponse) => response.socket?.resetAndDestroy()],
    ['by a clean end before the headers', (response: ServerResponse) => response.socket?.end()],
    [
      'in the body',
      (response: ServerResponse) => halfAnswer(response, (s) => s?.resetAndDestroy()),
    ],
    [
      'by a clean end in the body',
      (response: ServerResponse) => halfAnswer(response, (s) => s?.end()),
    ],
  ])('O5: %s is unknown, and not repeated', async (_, answer) => {
    const { baseUrl, counts } = await served(answer);
    const error = await failureOf(generatorAt(baseUrl).generate(ASKED));
    expect(error).toMatchObject({
      code: 'upstream_failed',
      reason: 'connection_lost',
      billing: 'unknown',
      mayRetry: false,
    });
    expect(counts.requests).toBe(1);
  });

  function halfAnswer(response: ServerResponse, end: (socket: ServerResponse['socket']) => void) {
    response.writeHead(200, { ...asJson, 'content-length': 10_000 });
    response.write('{"data":[{"b64_json":"iVBORw0KGgo', () =>
      setTimeout(() => end(response.socket), 20),
    );
  }
});

describe('a body without end', () => {
  it('O11: is cut off at the limit, with the connection closed and memory kept', async () => {
    let sent = 0;
    let closed = false;
    const { baseUrl } = await served((response) => {
      response.writeHead(200, asJson).write('{"data":[{"b64_json":"');
      flood(response, 200 * 1024 * 1024, (total) => {
        sent = total;
      });
      response.on('close', () => {
        closed = true;
      });
    });
    const before = process.memoryUsage().rss;
    const error = await failureOf(generatorAt(baseUrl).generate(ASKED));
    const grown = process.memoryUsage().rss - before;
    expect(error).toMatchObject({ reason: 'oversized_answer', billing: 'unknown' });
    await expect.poll(() => closed).toBe(true);
    // The limit is some 32 MiB; the rest was on its way in sockets and streams.
    expect(sent).toBeLessThan(60 * 1024 * 1024);
    expect(grown).toBeLessThan(180 * 1024 * 1024);
  });

  it('O11: is cut off in an error, too, which keeps its meaning', async () => {
    const { baseUrl } = await served((response) => {
      response.writeHead(403, asJson).write('{"error":{"message":"');
      flood(response, 200 * 1024 * 1024, () => {});
    });
    const error = await failureOf(generatorAt(baseUrl).generate(ASKED));
    expect(error).toMatchObject({ reason: 'access_refused', billing: 'refused' });
  });

  it('O11: a slow drip ends with the time, and the connection with it', async () => {
    let closed = false;
    const { baseUrl, counts } = await served((response) => {
      response.writeHead(200, asJson).write('{"data":[{"b64_json":"');
      const timer = setInterval(() => response.write('iVBORw0K'), 10);
      response.on('close', () => {
        clearInterval(timer);
        closed = true;
      });
    });
    const error = await failureOf(generatorAt(baseUrl, 300).generate(ASKED));
    expect(error).toMatchObject({ code: 'generation_timeout', billing: 'unknown' });
    await expect.poll(() => closed).toBe(true);
    expect(counts.requests).toBe(1);
  });

  /** Writes as fast as it is read. */
  function flood(response: ServerResponse, bytes: number, onSent: (total: number) => void) {
    const chunk = Buffer.alloc(256 * 1024, 'A');
    let total = 0;
    const more = () => {
      while (total < bytes && !response.destroyed) {
        total += chunk.length;
        onSent(total);
        if (!response.write(chunk)) return void response.once('drain', more);
      }
    };
    more();
  }
});
