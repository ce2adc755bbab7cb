import Router from '@koa/router';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, describe, expect, it } from 'vitest';
import { MemoryAccountStore } from '../../../src/adapters/account-store/memory.ts';
import { ManualClock } from '../../../src/adapters/clock/manual.ts';
import { loadConfig } from '../../../src/app/config/config.ts';
import { addAccountRoutes } from '../../../src/app/http/accounts/account-routes.ts';
import { ACCOUNT_OPERATIONS } from '../../../src/app/http/accounts/operations.ts';
import { openApiDocument } from '../../../src/app/http/openapi/document.ts';
import type { V1State } from '../../../src/app/http/v1/principal.ts';
import { PROBLEM_CODES, statusOfProblem } from '../../../src/app/http/v1/problem.ts';
import { ManageKeys } from '../../../src/domain/accounts/manage-keys.ts';
import { openAccountsApi } from '../../support/open-accounts-api.ts';

const document = JSON.parse(
  JSON.stringify(openApiDocument(ACCOUNT_OPERATIONS, { version: '0', cookie: 'x' })),
);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Checks an answer against what the document says of it. */
function faultsIn(path: string, method: string, answer: { status: number; body: unknown }) {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(document, 'document');
  const { responses } = document.paths[path][method];
  const response = responses[answer.status];
  expect(response, `${method} ${path} ${answer.status}`).toBeDefined();
  const [content] = Object.values(response.content) as [{ schema: object }];
  const schema = JSON.stringify(content.schema).replaceAll('"#/comp', '"document#/comp');
  const check = ajv.compile(JSON.parse(schema));
  check(answer.body);
  return check.errors ?? [];
}

describe('the OpenAPI document of accounts', () => {
  it('describes every route, and no other', () => {
    const router = new Router<V1State>();
    const clock = new ManualClock(0);
    const accounts = new MemoryAccountStore();
    addAccountRoutes(router, {
      accounts,
      manageKeys: new ManageKeys({ accounts, clock }),
      limits: loadConfig({}).accounts.limits,
      usageOf: () => Promise.reject(new Error('nobody asks')),
      clock,
    });
    const routes = router.stack.flatMap(({ methods, path }) =>
      methods
        .filter((method) => method !== 'HEAD')
        .map((method) => `${method} ${String(path).replace(/:(\w+)/g, '{$1}')}`),
    );
    const described = ACCOUNT_OPERATIONS.map(
      ({ method, path }) => `${method.toUpperCase()} ${path}`,
    );
    expect(described.toSorted()).toEqual(routes.toSorted());
  });

  it('says what is really answered', async () => {
    const api = await openAccountsApi();
    closing.push(api.close);
    const { send } = await api.newKey('blog', ['read', 'admin']);
    const body = { name: 'CI', scopes: ['read'], expiresAt: '2027-01-31T12:00:00Z' };
    const made = await send('/v1/keys', { method: 'POST', body });
    const missing = await send('/v1/keys/x', { method: 'DELETE' });
    const invalid = await send('/v1/keys', { method: 'POST', body: {} });
    const refused = await api.send('/v1/account');
    expect(faultsIn('/v1/keys', 'post', made)).toEqual([]);
    expect(faultsIn('/v1/keys', 'post', invalid)).toEqual([]);
    expect(faultsIn('/v1/keys', 'get', await send('/v1/keys'))).toEqual([]);
    expect(faultsIn('/v1/keys/{id}', 'delete', missing)).toEqual([]);
    expect(faultsIn('/v1/limits', 'get', await send('/v1/limits'))).toEqual([]);
    expect(faultsIn('/v1/account', 'get', await send('/v1/account'))).toEqual([]);
    expect(faultsIn('/v1/account', 'get', refused)).toEqual([]);
    expect(faultsIn('/v1/account', 'get', { ...refused, body: {} })).not.toEqual([]);
  });

  it('asks for a key or a token everywhere', () => {
    for (const { security } of ACCOUNT_OPERATIONS) {
      for (const scheme of security ?? []) {
        expect(document.components.securitySchemes).toHaveProperty(scheme);
      }
      expect(security).toEqual(['apiKey', 'apiKeyHeader']);
    }
  });
});

describe('the code of a problem', () => {
  it('is stable: clients rely on these', () => {
    const codes = Object.fromEntries(PROBLEM_CODES.map((code) => [code, statusOfProblem(code)]));
    expect(codes).toMatchObject({
      invalid_request: 400,
      unauthorized: 401,
      not_found: 404,
      conflict: 409,
      model_gone: 410,
      payload_too_large: 413,
      unsupported_media_type: 415,
      idempotency_key_reused: 422,
      content_rejected: 422,
      rate_limited: 429,
      budget_exceeded: 429,
      storage_unavailable: 503,
      database_unavailable: 503,
      draining: 503,
    });
  });
});
