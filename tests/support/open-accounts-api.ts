import { createServer, type OutgoingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import Koa from 'koa';
import { MemoryAccountStore } from '../../src/adapters/account-store/memory.ts';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { JoseTokenVerifier, type TokenKeys } from '../../src/adapters/token-verifier/jose.ts';
import { loadConfig } from '../../src/app/config/config.ts';
import { addAccountRoutes } from '../../src/app/http/accounts/account-routes.ts';
import { authentication } from '../../src/app/http/accounts/authentication.ts';
import { OriginPolicy } from '../../src/app/http/cors.ts';
import { RequestCounts } from '../../src/app/http/request-counts.ts';
import type { V1Router } from '../../src/app/http/v1/principal.ts';
import { v1Api } from '../../src/app/http/v1/v1-api.ts';
import { whenAsked } from '../../src/app/http/when-asked.ts';
import { createLogger } from '../../src/app/log.ts';
import { type AccountId, parseAccountId, type Scope } from '../../src/domain/accounts/account.ts';
import { Authenticate } from '../../src/domain/accounts/authenticate.ts';
import { ManageKeys } from '../../src/domain/accounts/manage-keys.ts';
import type { AccountUsage } from '../../src/domain/limits/account-limits.ts';
import { AddressCounter } from '../../src/domain/limits/counters.ts';
import { AUDIENCE, ISSUER } from './token-issuer.ts';

export const NOON = Date.UTC(2026, 10, 21, 12);
export const BLOG_ORIGIN = 'https://blog.example';

interface Sent {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: unknown;
}

/** The API below `/v1` with its accounts in memory, on a real port. */
export async function openAccountsApi(
  options: {
    tokens?: (clock: ManualClock) => TokenKeys;
    env?: Record<string, string>;
    rooms?: ((router: V1Router) => void)[];
  } = {},
) {
  const clock = new ManualClock(NOON);
  const config = loadConfig({ LOG_LEVEL: 'debug', TRUST_PROXY: 'true', ...options.env });
  const log: string[] = [];
  const logger = createLogger(config, { write: (line) => log.push(line) });
  const accounts = new StrictAccountStore();
  const manageKeys = new ManageKeys({ accounts, clock });
  const keys = options.tokens?.(clock);
  const authenticate = new Authenticate({
    accounts,
    tokens: keys && new JoseTokenVerifier({ keys, issuer: ISSUER, audience: AUDIENCE, clock }),
    failures: new AddressCounter({ clock, windowMs: 900_000, capacity: 100 }),
    notice: (message, details) => logger.warn(details, message),
    clock,
  });
  const usage = new Map<AccountId, AccountUsage>();
  const counts = new RequestCounts();
  const app = new Koa();
  app.use(
    whenAsked('/v1', async () =>
      v1Api({
        origins: new OriginPolicy([BLOG_ORIGIN], () => {}),
        counts,
        logger,
        open: async () => ({
          authentication: authentication({ authenticate, trust: config.proxy }),
          rooms: [
            (router) =>
              addAccountRoutes(router, {
                accounts,
                manageKeys,
                limits: config.accounts.limits,
                usageOf: async (account) => usage.get(account) ?? UNUSED,
                clock,
              }),
            ...(options.rooms ?? []),
          ],
        }),
      }),
    ),
  );
  const server = createServer({ joinDuplicateHeaders: true }, app.callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  /** Sends a request as it is; a list as a header's value is sent as several headers. */
  async function send(path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
    const json = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const all = json === undefined ? headers : { 'Content-Type': 'application/json', ...headers };
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers: all });
    const answered = new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve);
      outgoing.once('error', reject);
    });
    outgoing.end(json);
    const answer = await answered;
    const content = await text(answer);
    const { statusCode: status = 0, headers: received } = answer;
    return { status, headers: received, text: content, body: content && parsed(content) };
  }

  /** A new key of an account, and what sends requests with it. */
  async function newKey(account = 'blog', scopes: readonly Scope[] = ['read'], expiresAt?: number) {
    const id = parseAccountId(account)!;
    const made = await manageKeys.create({ account: id, name: 'a key', scopes, expiresAt });
    if ('refused' in made) throw new Error(made.refused);
    const withKey = (path: string, { headers, ...sent }: Sent = {}) =>
      send(path, { ...sent, headers: { Authorization: `Bearer ${made.text}`, ...headers } });
    return { ...made, send: withKey };
  }

  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { clock, accounts, manageKeys, authenticate, usage, counts, log, send, newKey, close };
}

export type AccountsApi = Awaited<ReturnType<typeof openAccountsApi>>;

/** Fails for an id that is no UUID, as a database does whose column has that type. */
class StrictAccountStore extends MemoryAccountStore {
  override revokeKey(...[id, ...others]: Parameters<MemoryAccountStore['revokeKey']>) {
    if (!/^[0-9a-f-]{36}$/.test(id)) throw new Error('invalid input syntax for type uuid');
    return super.revokeKey(id, ...others);
  }
}

const UNUSED: AccountUsage = {
  jobsThisHour: 0,
  concurrentJobs: 0,
  imagesToday: 0,
  microUsdToday: 0,
  microUsdThisMonth: 0,
};

function parsed(content: string) {
  try {
    return JSON.parse(content);
  } catch {
    return content;
  }
}
