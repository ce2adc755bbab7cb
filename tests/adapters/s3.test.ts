import { http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { S3ImageStore } from '../../src/adapters/image-store/s3.ts';
import { AMAZON, connectS3Store, failureOf, openS3Store, SHORT } from '../support/open-s3-store.ts';
import { S3StandIn } from '../support/s3-stand-in.ts';

const PNG = { contentType: 'image/png' };
const BYTES = new Uint8Array(50_000).map((_, index) => index % 251);

describe('S3ImageStore on Amazon', () => {
  const standIn = new S3StandIn({ bucket: AMAZON.bucket });
  const network = setupServer(
    http.all('https://*.amazonaws.com/*', ({ request }) => standIn.handle(request)),
  );
  beforeAll(() => network.listen({ onUnhandledFrame: 'error' }));
  afterEach(() => standIn.reset());
  afterAll(() => network.close());

  describe('the public URL', () => {
    it("is below the bucket's own origin", () => {
      const url = openS3Store().urlFor('generated/v2/a.png');
      expect(url).toBe('https://cafe-pictures.s3.eu-west-3.amazonaws.com/generated/v2/a.png');
    });

    it('is not changed by an endpoint, but by a public base', () => {
      const endpoint = 'http://127.0.0.1:8190';
      const canonical = openS3Store({ endpoint, forcePathStyle: true });
      expect(canonical.urlFor('a.png')).toBe(
        'https://cafe-pictures.s3.eu-west-3.amazonaws.com/a.png',
      );
      const elsewhere = openS3Store({ endpoint, publicBaseUrl: 'https://cdn.example.org' });
      expect(elsewhere.urlFor('a.png')).toBe('https://cdn.example.org/a.png');
    });
  });

  describe('what it sends', () => {
    it('labels an object, with no word about access', async () => {
      const store = openS3Store();
      await store.learnFeatures();
      standIn.journal.length = 0;
      const labels = { ...PNG, cacheControl: 'public, max-age=60', metadata: { revision: '7' } };
      await store.put('a.png', BYTES, labels);
      await store.put('b.png', BYTES, labels, { ifAbsent: true });
      await store.copy('a.png', 'c.png', labels);
      const writes = standIn.journal.map(({ headers }) => headers);
      expect(writes).toHaveLength(3);
      for (const headers of writes) {
        expect(headers).toMatchObject({
          'content-type': 'image/png',
          'cache-control': 'public, max-age=60',
          'x-amz-meta-revision': '7',
        });
        expect(Object.keys(headers).filter((name) => /acl|grant/.test(name))).toEqual([]);
      }
      expect(writes.map((headers) => headers['if-none-match'])).toEqual([
        undefined,
        '*',
        undefined,
      ]);
    });

    it('S11: names the source of a copy percent-encoded, and replaces its labels', async () => {
      standIn.seed('crème/a b+~é.png', 'cake');
      expect(await openS3Store().copy('crème/a b+~é.png', 'to.png', PNG)).toBe('copied');
      expect(standIn.calls('copy')[0]!.headers).toMatchObject({
        'x-amz-copy-source': 'cafe-pictures/cr%C3%A8me/a%20b%2B~%C3%A9.png',
        'x-amz-metadata-directive': 'REPLACE',
      });
    });

    it('goes where it is told to, whatever the environment says', async () => {
      vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:9');
      vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
      vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
      onTestFinished(() => void vi.unstubAllEnvs());
      standIn.fault({}, { kind: 'status', status: 500 });
      expect(await openS3Store().head('a.png')).toBeUndefined();
      expect(standIn.journal).toHaveLength(2);
    });

    it('protects bodies with checksums', async () => {
      const store = openS3Store();
      await store.put('a.png', BYTES, PNG);
      expect(standIn.journal[0]!.headers).toHaveProperty('x-amz-checksum-crc32');
      const damaged = () =>
        new Response(BYTES.slice().fill(7), {
          headers: { etag: '"x"', 'x-amz-checksum-crc32': standIn.objects.get('a.png')!.crc32! },
        });
      standIn.fault({ operation: 'get' }, { kind: 'answer', answer: damaged });
      const object = await store.get('a.png');
      expect(Buffer.compare(object!.bytes, BYTES)).toBe(0);
      expect(standIn.calls('get')).toHaveLength(2);
    });
  });

  describe('a refusal', () => {
    it('S1: of a head is never taken for a missing object, and hints at what is missing', async () => {
      standIn.fault({ operation: 'head' }, { kind: 'status', status: 403 });
      const { message, cause } = await failureOf(openS3Store().head('pages/a.png'));
      expect(message).toBe('The image store is unavailable.');
      expect(cause.message).toMatch(/HEAD pages\/a\.png.*403.*credentials.*s3:ListBucket/);
      expect(cause.cause).toMatchObject({ $metadata: { httpStatusCode: 403 } });
      expect(standIn.journal).toHaveLength(1);
    });

    it.each(['get', 'list', 'put', 'copy', 'delete'] as const)(
      'of a %s is a failure',
      async (operation) => {
        standIn.seed('a.png', 'cake');
        standIn.fault({ operation }, { kind: 'status', status: 403, code: 'AccessDenied' });
        const { cause } = await failureOf(callOf(openS3Store(), operation));
        expect(cause.message).toMatch(/403 AccessDenied/);
      },
    );

    it('for want of a bucket is a failure that names it', async () => {
      const store = openS3Store({ bucket: 'cafe-elsewhere' });
      for (const operation of ['get', 'list', 'put', 'copy', 'delete'] as const) {
        const { cause } = await failureOf(callOf(store, operation));
        expect(cause.message).toMatch(/NoSuchBucket/);
      }
    });

    it('S15: by another region hints at the region', async () => {
      const moved = { kind: 'status', status: 301, code: 'PermanentRedirect' } as const;
      standIn.fault({ operation: 'list' }, moved);
      const { cause } = await failureOf(Array.fromAsync(openS3Store().list('a/')));
      expect(cause.message).toMatch(/region/);
    });
  });

  describe('a failing store', () => {
    it.each(['head', 'get', 'list', 'put', 'copy', 'delete'] as const)(
      'is asked three times for a %s',
      async (operation) => {
        standIn.seed('a.png', 'cake');
        standIn.fault({ operation }, { kind: 'status', status: 503, code: 'ServiceUnavailable' });
        standIn.fault({ operation }, { kind: 'status', status: 500 });
        await callOf(openS3Store(), operation);
        expect(standIn.calls(operation)).toHaveLength(3);
        standIn.fault({ operation }, { kind: 'status', status: 500 }, 9);
        await failureOf(callOf(openS3Store(), operation));
        expect(standIn.calls(operation)).toHaveLength(6);
      },
    );

    it('S11: is found out when it says 200 to a copy that failed', async () => {
      standIn.seed('a.png', 'cake');
      const error = '<Error><Code>InternalError</Code><Message>x</Message></Error>';
      for (const body of ['<CopyObjectResult></CopyObjectResult>', error, '']) {
        const answer = () => new Response(body);
        standIn.fault({ operation: 'copy' }, { kind: 'answer', answer }, 3);
        await failureOf(openS3Store().copy('a.png', 'b.png', PNG));
        standIn.reset();
        standIn.seed('a.png', 'cake');
      }
    });

    it.each([
      ['a web page', '<html><body>Sign in to the network</body></html>'],
      ['nothing', ''],
      [
        'a part without a next one',
        '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>',
      ],
    ])('is found out when it answers a listing with %s', async (_, body) => {
      standIn.fault({ operation: 'list' }, { kind: 'answer', answer: () => new Response(body) }, 3);
      await failureOf(Array.fromAsync(openS3Store().list('a/')));
    });
  });

  it.each([
    ['a head', 'head', { 'content-length': '5' }],
    ['a get', 'get', { 'content-length': '5' }],
    ['a get with a body that is too short', 'get', { 'content-length': '9', etag: '"x"' }],
  ] as const)('finds out that the answer to %s is no object', async (_, operation, headers) => {
    const answer = () => new Response(operation === 'head' ? null : 'Hello', { headers });
    standIn.fault({ operation }, { kind: 'answer', answer }, 3);
    await failureOf(callOf(openS3Store(), operation));
  });

  it('S13: asks for the next page with the token of the last, and ignores what is no key', async () => {
    for (let index = 0; index < 1500; index += 1) standIn.seed(`d/${10_000 + index}.png`, 'x');
    for (const name of ['d/', 'd/folder/', 'd/.hidden', 'd//x.png', 'd/a/../b']) {
      standIn.seed(name, '');
    }
    const rows = await Array.fromAsync(openS3Store().list('d/'));
    expect(rows).toHaveLength(1500);
    const tokens = standIn.journal.map(({ query }) => query.get('continuation-token'));
    expect(tokens).toEqual([null, expect.any(String)]);
  });

  it('does not wait for ever', async () => {
    const store = openS3Store({ readTimeoutMs: 200 });
    standIn.fault({ operation: 'head' }, { kind: 'hang' }, 9);
    await failureOf(store.head('a.png'));
  });
});

describe('S3ImageStore over real connections', () => {
  async function connected(settings: Parameters<typeof connectS3Store>[0] = {}) {
    const connection = await connectS3Store(settings);
    connection.standIn.seed('a.png', BYTES, { ...PNG, metadata: { revision: '7' } });
    return connection;
  }

  it.each([
    ['head', SHORT.readTimeoutMs],
    ['get', SHORT.readTimeoutMs],
    ['list', SHORT.readTimeoutMs],
    ['copy', SHORT.readTimeoutMs],
    ['delete', SHORT.readTimeoutMs],
    ['put', SHORT.writeTimeoutMs],
  ] as const)('ends a %s that is not answered, and every request of it', async (operation, ms) => {
    const { standIn, store, requests } = await connected({ timeouts: SHORT });
    standIn.fault({ operation }, { kind: 'hang' }, 9);
    const { cause } = await failureOf(callOf(store, operation));
    expect(cause.message).toContain(`no response within ${ms} ms`);
    await vi.waitFor(() => expect(requests.every(({ signal }) => signal.aborted)).toBe(true));
  });

  it.each(['get', 'list', 'copy'] as const)(
    'ends a %s whose answer only drips',
    async (operation) => {
      const { standIn, store, requests } = await connected({ timeouts: SHORT });
      standIn.fault({ operation }, { kind: 'drip', everyMs: 20 }, 9);
      const { cause } = await failureOf(callOf(store, operation));
      expect(cause.message).toContain(`no response within ${SHORT.readTimeoutMs} ms`);
      await vi.waitFor(() => expect(requests.every(({ signal }) => signal.aborted)).toBe(true));
    },
  );

  it('gives up at once where nobody listens, after its attempts', async () => {
    const { server, store } = await connected();
    await server.close();
    const { cause } = await failureOf(store.head('a.png'));
    expect(cause.message).not.toContain('no response within');
  });

  it('has time for a second attempt when the first is not answered', async () => {
    const { standIn, store } = await connected({
      timeouts: { readTimeoutMs: 4000, writeTimeoutMs: 4000 },
    });
    standIn.fault({ operation: 'head' }, { kind: 'hang' });
    expect(await store.head('a.png')).toMatchObject({ size: 50_000 });
    standIn.fault({ operation: 'put' }, { kind: 'hang', afterwards: true });
    expect(await store.put('b.png', BYTES, PNG)).toBe(standIn.objects.get('b.png')!.etag);
  });

  it.each(['head', 'get', 'list', 'put', 'copy', 'delete'] as const)(
    'tries a %s again whose connection was cut',
    async (operation) => {
      const { standIn, store } = await connected();
      standIn.fault({ operation }, { kind: 'cut' }, 2);
      await callOf(store, operation);
      expect(standIn.calls(operation)).toHaveLength(3);
    },
  );

  it('waits for a slow answer within its time', async () => {
    const { standIn, store } = await connected();
    standIn.fault({ operation: 'get' }, { kind: 'delay', ms: 120 });
    expect(await store.get('a.png')).toMatchObject({ size: 50_000 });
    expect(standIn.calls('get')).toHaveLength(1);
  });

  it('reads an object again whose connection broke, from the start', async () => {
    const { standIn, store } = await connected();
    standIn.fault({ operation: 'get' }, { kind: 'reset', afterBytes: 20_000 });
    standIn.fault({ operation: 'get' }, { kind: 'reset', afterBytes: 0 });
    const object = await store.get('a.png');
    expect(Buffer.compare(object!.bytes, BYTES)).toBe(0);
    expect(object!.metadata).toEqual({ revision: '7' });
    expect(standIn.calls('get')).toHaveLength(3);
  });

  it('does not hand out part of an object', async () => {
    const { standIn, store } = await connected();
    standIn.fault({ operation: 'get' }, { kind: 'reset', afterBytes: 49_999 }, 9);
    await failureOf(store.get('a.png'));
    expect(standIn.calls('get')).toHaveLength(3);
  });

  it('finds nothing when the object goes between two attempts', async () => {
    const { standIn, store } = await connected();
    standIn.fault({ operation: 'get' }, { kind: 'reset', afterBytes: 10 });
    const reading = store.get('a.png');
    await vi.waitFor(() => expect(standIn.calls('get')).toHaveLength(1), { interval: 1 });
    standIn.objects.clear();
    expect(await reading).toBeUndefined();
  });

  it('sends no checksums to other stores, and never waits for leave to send', async () => {
    // The upload is big, so a busy machine may take longer than usual.
    const timeouts = { readTimeoutMs: 20_000, writeTimeoutMs: 20_000 };
    const { standIn, store } = await connected({ timeouts });
    await store.put('big.png', new Uint8Array(3_000_000), PNG);
    const { headers } = standIn.calls('put')[0]!;
    expect(Object.keys(headers).filter((name) => /checksum/.test(name))).toEqual([]);
    expect(headers).not.toHaveProperty('expect');
    expect(headers['content-length']).toBe('3000000');
  });

  it('keeps its connections for the next call, and lets go of them when it is closed', async () => {
    const { server, store } = await connected();
    for (let call = 0; call < 5; call += 1) await store.head('a.png');
    expect(await server.connections()).toBe(1);
    await store.close();
    await expect.poll(() => server.connections()).toBe(0);
  });
});

function callOf(
  store: S3ImageStore,
  operation: 'head' | 'get' | 'list' | 'put' | 'copy' | 'delete',
): Promise<unknown> {
  switch (operation) {
    case 'list':
      return Array.fromAsync(store.list('a'));
    case 'put':
      return store.put('a.png', BYTES, PNG);
    case 'copy':
      return store.copy('a.png', 'b.png', PNG);
    default:
      return store[operation]('a.png');
  }
}
