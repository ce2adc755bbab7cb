import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';
import type {
  Authenticate,
  Authentication,
  AuthenticationFault,
  Credentials,
} from '../../../domain/accounts/authenticate.ts';
import type { ProxyTrust } from '../../config/config.ts';
import { bearerTokenIn } from '../bearer-token.ts';
import { visitorOf } from '../client-address.ts';
import type { V1State } from '../v1/principal.ts';
import { Problem } from '../v1/problem.ts';

/** Seconds after which an address may send wrong credentials again. */
const WAIT = 900;

/**
 * Messages for refused callers. The reason is given only for a complete key, or for a token with a
 * valid signature.
 */
const TOLD: Readonly<Partial<Record<AuthenticationFault, string>>> = {
  no_credentials: 'Send an API key or an access token as `Authorization: Bearer`.',
  several_credentials: 'Send one API key or one access token, once.',
  credentials_too_long: 'The API key or access token is too long.',
  revoked_key: 'The API key was revoked.',
  expired_key: 'The API key has expired.',
  expired_token: 'The access token has expired.',
};

interface Deps {
  authenticate: Pick<Authenticate, 'run'>;
  trust: ProxyTrust;
}

/**
 * Finds the caller of each request, or refuses it. Credentials are read from `Authorization: Bearer`
 * and `X-API-Key`, and never from the URL, which logs and browsers keep.
 */
export function authentication({ authenticate, trust }: Deps): Middleware {
  return async (ctx, next) => {
    const { req } = ctx;
    const address = visitorOf(req, trust).address ?? req.socket.remoteAddress ?? '';
    const found = await authenticate.run(credentialsIn(req), address);
    if (!('principal' in found)) throw refusalOf(found);
    (ctx.state as Pick<V1State, 'principal'>).principal = found.principal;
    await next();
  };
}

/** Another scheme of `Authorization`, such as the `Basic` of a proxy in front, is not read. */
function credentialsIn({ headersDistinct }: IncomingMessage): Credentials {
  const { authorization = [], 'x-api-key': apiKeys = [] } = headersDistinct;
  return {
    bearer: bearerTokenIn(authorization[0]),
    apiKey: apiKeys[0],
    areRepeated: authorization.length > 1 || apiKeys.length > 1,
  };
}

function refusalOf({ fault, isThrottled }: Exclude<Authentication, { principal: unknown }>) {
  if (isThrottled) {
    return new Problem('rate_limited', 'Too many wrong credentials. Try again later.', {
      headers: { 'Retry-After': String(WAIT) },
      reason: fault,
    });
  }
  return new Problem('unauthorized', TOLD[fault] ?? 'The API key or access token is not valid.', {
    headers: { 'WWW-Authenticate': 'Bearer' },
    reason: fault,
  });
}
