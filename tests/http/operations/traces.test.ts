import { describe, expect, it, onTestFinished } from 'vitest';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { openTestCafe, READERS } from '../../support/open-test-cafe.ts';
import { serveFetch } from '../../support/serve-fetch.ts';

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: { key: string; value: { stringValue?: string } }[];
  status: { code?: number };
}

/** A collector, and a service that knows it. */
async function openTraced(env: Record<string, string> = {}) {
  const requests: { path: string; authorization: string | null; text: string }[] = [];
  const { url, close } = await serveFetch(async (request) => {
    const authorization = request.headers.get('authorization');
    const { pathname: path } = new URL(request.url);
    requests.push({ path, authorization, text: await request.text() });
    return Response.json({});
  });
  onTestFinished(close);
  const cafe = await openTestCafe({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env } });
  /** Everything that was sent by the time that the service has closed. */
  async function spans(): Promise<Span[]> {
    await cafe.drain();
    await cafe.cafe.close();
    return requests.flatMap(({ text }) =>
      JSON.parse(text).resourceSpans.flatMap((each: { scopeSpans: { spans: Span[] }[] }) =>
        each.scopeSpans.flatMap((scope) => scope.spans),
      ),
    );
  }
  return { ...cafe, requests, spans };
}

/** A trace's spans by their ways down from the root, each once. */
function waysIn(spans: Span[], traceId: string): string[] {
  const ofTrace = spans.filter((span) => span.traceId === traceId);
  const wayTo = (span: Span): string => {
    const parent = ofTrace.find(({ spanId }) => spanId === span.parentSpanId);
    return parent ? `${wayTo(parent)} > ${span.name}` : span.name;
  };
  return [...new Set(ofTrace.map(wayTo))].toSorted();
}

describe('traces', () => {
  it('show a new page as one trace, from the reader to the store', async () => {
    const { ask, spans } = await openTraced();
    expect((await ask('/posts/one')).status).toBe(200);
    const all = await spans();
    const root = all.find(({ name }) => name === 'serve');
    expect(root?.parentSpanId).toBeUndefined();
    expect(root?.attributes).toContainEqual({
      key: 'cafe.outcome',
      value: { stringValue: 'generated' },
    });
    expect(waysIn(all, root?.traceId ?? '')).toEqual(
      expect.arrayContaining([
        'serve',
        'serve > claim',
        'serve > claim > store put',
        'serve > generate',
        'serve > keep',
        'serve > keep > renditions',
        'serve > keep > store put',
        'serve > locate',
        'serve > reserve',
        'serve > reserve > store list',
        'serve > reserve > store put',
        'serve > store head',
      ]),
    );
  });

  it('show what the owner has bought, too', async () => {
    const cafe = await openTraced(WITH_ADMIN);
    const admin = await openAdmin(cafe);
    const page = { type: 'article', path: '/posts/one', country: 'FR' };
    expect((await admin.post('/pages/rebrew', page)).status).toBe(200);
    const pages = [{ type: 'article', path: '/posts/two' }];
    await admin.post('/warming', { source: 'pages', pages, most: 1 });
    await expect.poll(() => cafe.pngs('generated/v2/page-cache')).toHaveLength(2);
    const all = await cafe.spans();
    for (const name of ['rebrew', 'warm']) {
      const root = all.find((span) => span.name === name);
      expect([name, root?.parentSpanId]).toEqual([name, undefined]);
      expect(waysIn(all, root?.traceId ?? '')).toContain(`${name} > generate`);
    }
  });

  it('keep readers apart who come at once', async () => {
    const { ask, spans } = await openTraced();
    await Promise.all([ask('/posts/one'), ask('/posts/two', { from: READERS.JP })]);
    const roots = (await spans()).filter(({ name }) => name === 'serve');
    expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(2);
  });

  it('hold no path, no address, no key, and of errors the code', async () => {
    const { ask, openai, requests, spans } = await openTraced();
    openai.answerNext(() => Response.json({ error: { message: 'hush-hush' } }, { status: 500 }));
    expect((await ask('/posts/a-secret-page')).status).toBe(502);
    const failed = (await spans()).find(({ name }) => name === 'generate');
    expect(failed?.status.code).toBe(2);
    expect(failed?.attributes).toEqual([
      { key: 'error.type', value: { stringValue: 'server_error' } },
    ]);
    const sent = requests.map(({ text }) => text).join('');
    for (const hint of ['secret-page', 'page-cache', '2.2.2.2', 'hush', 'canary', 'records/']) {
      expect(sent).not.toContain(hint);
    }
  });

  it('go to the endpoint with its headers, under the name of the service', async () => {
    const { ask, log, requests, spans } = await openTraced({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20canary-collector',
      OTEL_SERVICE_NAME: 'my-cafe',
    });
    await ask('/posts/one');
    await spans();
    expect(requests[0]).toMatchObject({
      path: '/v1/traces',
      authorization: 'Basic canary-collector',
      text: expect.stringContaining('"service.name","value":{"stringValue":"my-cafe"}'),
    });
    expect(log.join('')).not.toContain('canary-collector');
  });

  it('cost a known page nothing', async () => {
    const { ask, spans } = await openTraced();
    await ask('/posts/one');
    for (let n = 0; n < 3; n += 1) await ask('/posts/one');
    expect((await spans()).filter(({ name }) => name === 'serve')).toHaveLength(1);
  });

  it('that cannot be sent harm nobody and are told once', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
    const { ask, cafe, drain, log } = await openTestCafe({ env });
    expect((await ask('/posts/one')).status).toBe(200);
    await drain();
    await cafe.close();
    expect(log.filter((line) => line.includes('traces cannot be sent'))).toHaveLength(1);
  });

  it('are not made where nobody asks for them', async () => {
    const { cafe } = await openTestCafe({ warm: false });
    expect(cafe.config.watching.traces).toBeUndefined();
  });
});
