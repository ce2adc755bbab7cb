import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { adminRoutes } from '../../../src/app/http/admin/admin-routes.ts';
import { imagePresenter, requestedPicture } from '../../../src/app/http/cafe/generate-route.ts';
import { PLACEHOLDER, PLACEHOLDER_CARD } from '../../../src/app/http/cafe/placeholders.ts';
import type { OpenApiDocument, OperationObject } from '../../../src/app/http/openapi/document.ts';
import { Refusal } from '../../../src/app/http/refusal.ts';
import { publicRouter } from '../../../src/app/http/routes.ts';
import { PageNames } from '../../../src/domain/pages/page.ts';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { CANARIES } from '../../support/canaries.ts';
import { openTestCafe, type TestCafe, type TestCafeOptions } from '../../support/open-test-cafe.ts';

const TOKEN = CANARIES.metricsToken;
const EVERYTHING = { ...WITH_ADMIN, METRICS_TOKEN: TOKEN };
const EMBEDDED = { NODE_ENV: 'development', IMAGE_STORE: 'memory', IMAGE_GENERATOR: 'sketch' };

async function documented(options: TestCafeOptions) {
  const cafe = await openTestCafe({ warm: false, ...options });
  const answer = await cafe.send('/openapi.json');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  const { admin } = cafe.cafe;
  const headers = { Authorization: `Bearer ${admin?.madeToken ?? WITH_ADMIN.ADMIN_TOKEN}` };
  const whole = admin
    ? (await cafe.send('/api/admin/openapi.json', { headers })).body
    : answer.body;
  return { cafe, document: whole as OpenApiDocument, ofPublic: answer.body as OpenApiDocument };
}

function operationsIn({ paths }: OpenApiDocument) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
}

/** What the service really answers to, in the document's words. */
function served({ cafe }: TestCafe): string[] {
  const present = imagePresenter(cafe.renditionUrls);
  const ofPublic = publicRouter(cafe, { present, server: { listening: true } }).stack.flatMap(
    ({ methods, path }) =>
      methods
        .filter((method) => method !== 'HEAD' && method !== 'OPTIONS')
        .map((method) => `${method} ${String(path).replace('{*key}', '{key}')}`),
  );
  const ofAdmin = (cafe.admin ? adminRoutes(cafe.admin) : []).map(
    ({ method, path }) => `${method} /api/admin${path.replace(/:(\w+)/g, '{$1}')}`,
  );
  const session = cafe.admin
    ? ['GET /api/admin/openapi.json', 'POST /api/admin/session', 'DELETE /api/admin/session']
    : [];
  const files = [`GET ${PLACEHOLDER}`, `GET ${PLACEHOLDER_CARD}`];
  return [...ofPublic, ...ofAdmin, ...session, ...files];
}

/** Checks values against the schemas of a document, its references included. */
function checker(document: OpenApiDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(document, 'document');
  return (schema: object, value: unknown) => {
    const resolved = JSON.parse(
      JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/'),
    );
    const check = ajv.compile(resolved);
    check(value);
    return check.errors ?? [];
  };
}

const answerSchema = (operation: OperationObject | undefined, status: number) =>
  // biome-ignore lint/suspicious/noExplicitAny: a document's parts are what the test is about
  (operation?.responses[status] as any)?.content['application/json'].schema;

describe('the OpenAPI document', () => {
  it.each([
    ['everything in production', { env: EVERYTHING }],
    ['neither admin nor metrics', {}],
    ['a laptop', { env: EMBEDDED }],
  ])('describes every route there is, and no other: %s', async (_, options) => {
    const { cafe, document } = await documented(options);
    const described = operationsIn(document).map(
      ({ method, path }) => `${method.toUpperCase()} ${path}`,
    );
    expect(described.toSorted()).toEqual(served(cafe).toSorted());
  });

  it('N18: shows what the owner can do to the owner alone', async () => {
    const { cafe, ofPublic } = await documented({ env: EVERYTHING });
    expect(operationsIn(ofPublic).length).toBeGreaterThan(5);
    expect(JSON.stringify(ofPublic)).not.toMatch(/admin/i);
    expect((await cafe.send('/api/admin/openapi.json')).status).toBe(401);
  });

  it('describes nothing that answers that it is not there', async () => {
    const { cafe, document } = await documented({ env: EMBEDDED });
    const reads = operationsIn(document).filter(
      ({ method, path }) => method === 'get' && !path.includes('{') && !path.includes('/admin'),
    );
    for (const { path } of reads) {
      const { status, body } = await cafe.send(path, { redirect: 'manual' });
      expect([path, status, body?.error?.code]).not.toContain('not_found');
      expect(status).not.toBe(405);
    }
    expect(reads.length).toBeGreaterThan(6);
  });

  it('is well formed: unique ids, parameters as in the path, and no reference into nothing', async () => {
    const { document } = await documented({ env: EVERYTHING });
    expect(document.openapi).toBe('3.1.1');
    const operations = operationsIn(document);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      const named = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name);
      expect(named).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(operation.summary).toMatch(/\.$/);
      expect(Object.keys(operation.responses)).toContain('default');
      for (const name of operation.security.flatMap((each) => Object.keys(each))) {
        expect(document.components.securitySchemes).toHaveProperty(name);
      }
    }
    const text = JSON.stringify(document);
    const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(names.length).toBeGreaterThan(20);
    for (const [, name] of names) expect(document.components.schemas).toHaveProperty(String(name));
    expect(text).not.toContain('$defs');
  });

  it('has schemas that a validator can use', async () => {
    const { document } = await documented({ env: EVERYTHING });
    const check = checker(document);
    const schemas = Object.keys(document.components.schemas);
    expect(schemas).toEqual(expect.arrayContaining(['Error', 'PictureDetails', 'Budget', 'Image']));
    for (const name of schemas) {
      expect(() => check({ $ref: `#/components/schemas/${name}` }, {})).not.toThrow();
    }
  });

  it('asks for the token or a session wherever the admin is, but to sign in', async () => {
    const { document } = await documented({ env: EVERYTHING });
    const open = operationsIn(document)
      .filter(({ path, operation }) => path.startsWith('/api/admin') && !operation.security.length)
      .map(({ method, path }) => `${method} ${path}`);
    expect(open).toEqual(['post /api/admin/session']);
  });

  it('says what readers are really answered', async () => {
    const cafe = await openTestCafe({ env: EVERYTHING });
    const document = (await cafe.send('/openapi.json')).body as OpenApiDocument;
    const check = checker(document);
    const generate = document.paths['/api/cafe/generate']?.post;
    const good = answerSchema(generate, 200);
    for (const query of ['', '?details=1']) {
      for (const path of ['/posts/one', '/posts/one', '/posts/two']) {
        const { status, body } = await cafe.ask(path, { query });
        expect([status, check(good, body)]).toEqual([200, []]);
        expect(check(good, { ...body, odd: 1 })).not.toEqual([]);
      }
    }
    const refused = await cafe.ask('/posts/one', { type: 'nothing' });
    expect(check(answerSchema(generate, 400), refused.body)).toEqual([]);
    const about = document.paths['/health']?.get;
    expect(check(answerSchema(about, 200), (await cafe.send('/health')).body)).toEqual([]);
  });

  it('says what the admin is really answered', async () => {
    const cafe = await openTestCafe({ env: EVERYTHING });
    await cafe.ask('/posts/one');
    const admin = await openAdmin(cafe);
    const document = (await admin.get('/openapi.json')).body as OpenApiDocument;
    const check = checker(document);
    for (const path of ['/budget', '/images', '/pages', '/activity']) {
      const { body } = await admin.get(path);
      const schema = answerSchema(document.paths[`/api/admin${path}`]?.get, 200);
      expect([path, check(schema, body)]).toEqual([path, []]);
    }
  });

  it('takes and refuses the same bodies as the service', async () => {
    const { document } = await documented({});
    const check = checker(document);
    // biome-ignore lint/suspicious/noExplicitAny: a document's parts are what the test is about
    const body = document.paths['/api/cafe/generate']?.post?.requestBody as any;
    const { schema } = body.content['application/json'];
    const good = { pagePath: '/posts/one', pageType: 'article' };
    const bodies = [
      ...[{ context: good }, { context: { ...good, more: 1 }, more: 1 }],
      ...[null, 1, 'text', [], {}, { context: null }, { context: [] }, { context: {} }],
      ...[{ context: { pagePath: '/posts/one' } }, { context: { pageType: 'article' } }],
      ...[undefined, null, 7, '', 'Article', 'article ', ['article']].map((pageType) => ({
        context: { ...good, pageType },
      })),
      ...[null, 7, ['/posts/one'], {}].map((pagePath) => ({ context: { ...good, pagePath } })),
    ];
    for (const each of bodies) {
      const sent = JSON.parse(JSON.stringify(each));
      expect([sent, check(schema, sent).length === 0]).toEqual([sent, !isRefused(sent)]);
    }
    expect(bodies.filter((each) => !isRefused(each)).length).toBeGreaterThan(1);
  });
});

function isRefused(body: unknown): boolean {
  try {
    requestedPicture(body, new PageNames());
    return false;
  } catch (error) {
    return error instanceof Refusal;
  }
}
