import type { Context } from 'koa';
import type { FailedAttempts } from '../../../domain/admin/failed-attempts.ts';
import type { Sessions } from '../../../domain/admin/sessions.ts';
import type { Visitor } from '../../../domain/countries/geo-locator.ts';
import type { AdminRefusal, Journal } from '../../../domain/monitoring/journal.ts';
import type { ProxyTrust } from '../../config/config.ts';
import { bearerTokenIn } from '../bearer-token.ts';
import { visitorOf } from '../client-address.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import type { Caller } from './admin-route.ts';

type GateRefusal = Exclude<AdminRefusal, 'not_understood'>;

/** Messages for refused callers. They omit the reason if it would help an attacker. */
const TOLD: Readonly<Record<GateRefusal, [RefusalCode, string]>> = {
  wrong_token: ['unauthorized', 'The token is wrong.'],
  too_many_attempts: ['too_many_attempts', 'Too many wrong tokens. Try again later.'],
  no_session: ['unauthorized', 'Sign in first.'],
  session_forged: ['unauthorized', 'Sign in first.'],
  session_expired: ['unauthorized', 'Sign in first.'],
  session_signed_out: ['unauthorized', 'Sign in first.'],
  cross_site: ['cross_site', 'Only the admin page may send this request.'],
};

/** A custom header. Forms, which any site can submit, cannot send it. */
const OWN_HEADER = 'X-Cafe-Admin';
/** A page sends this on background requests, which do not count as activity. */
const BACKGROUND_HEADER = 'X-Cafe-Background';
const LONGEST_HOST = 200;
const PASS_HOST =
  'Configure the proxy in front to pass on the Host header (nginx: proxy_set_header Host $http_host).';
const USE_HTTPS =
  'Open the admin over HTTPS: in production, the session cookie requires it. A TLS proxy in front is enough.';
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

interface GateDeps {
  sessions: Sessions;
  attempts: FailedAttempts;
  journal: Journal;
  trust: ProxyTrust;
  /** Whether browsers use HTTPS; the cookie's name then requires it. */
  isSecure: boolean;
}

/**
 * Decides who has access. All other admin routes are behind it.
 *
 * A session is a cookie that scripts cannot read and that requests from other sites do not carry.
 * Scripts of the owner send the token itself as `Authorization: Bearer`.
 */
export class AdminGate {
  readonly #deps: GateDeps;
  readonly #cookie: { name: string; attributes: string };

  constructor(deps: GateDeps) {
    this.#deps = deps;
    const attributes = 'Path=/; HttpOnly; SameSite=Strict';
    this.#cookie = {
      name: cookieName(deps.isSecure),
      attributes: deps.isSecure ? `${attributes}; Secure` : attributes,
    };
  }

  /**
   * The caller. Renews the session when due, except for background requests, according to the route
   * or the request: the owner may be away.
   *
   * @throws Refusal for all others; CafeError `storage_unavailable` if the store does not respond
   */
  async admit(
    ctx: Context,
    { path: route, isBackground = false }: { path?: string; isBackground?: boolean } = {},
  ): Promise<Caller> {
    const token = bearerTokenIn(ctx.req.headers.authorization);
    if (token !== undefined) {
      this.#checkToken(ctx, route, token);
      return { kind: 'token' };
    }
    this.refuseOtherSites(ctx, route);
    const value = this.#cookieOf(ctx);
    if (value === undefined) throw this.#refusal(ctx, route, 'no_session');
    const checked = await this.#deps.sessions.check(value);
    if ('fault' in checked) throw this.#refusal(ctx, route, `session_${checked.fault}`);
    const isAttended = !isBackground && ctx.get(BACKGROUND_HEADER) === '';
    if (checked.renewal && isAttended) this.#setCookie(ctx, checked.renewal);
    return { kind: 'session', session: checked.session };
  }

  /**
   * Requires that a change comes from a page of this origin. Most browsers report whether the page
   * and the target have the same origin. For the others, the origin must match the requested host.
   * The request must also carry a header that no form can send. This is in addition to the cookie's
   * `SameSite`.
   *
   * @throws Refusal `cross_site`
   */
  refuseOtherSites(ctx: Context, route: string | undefined): void {
    if (READING.has(ctx.method)) return;
    const site = ctx.get('Sec-Fetch-Site');
    const origin = ctx.get('Origin');
    const isForm =
      ctx.get(OWN_HEADER) === '' && !/^application\/json\b/i.test(ctx.get('Content-Type'));
    if (isForm || (site && site !== 'same-origin')) throw this.#refusal(ctx, route, 'cross_site');
    const host = ctx.get('Host');
    if (site || !origin || isOriginOf(origin, host)) return;
    this.#refusal(ctx, route, 'cross_site', { origin, host });
    throw new Refusal('cross_site', `${TOLD.cross_site[1]} ${PASS_HOST}`);
  }

  /**
   * Exchanges the token for a session. Call it after {@link refuseOtherSites}.
   *
   * @throws Refusal for a wrong token, or after too many tries
   */
  signIn(ctx: Context, route: string, token: string): void {
    this.#checkToken(ctx, route, token);
    this.#setCookie(ctx, this.#deps.sessions.open());
    this.#deps.journal.record({ event: 'admin_signed_in' });
    if (this.#deps.isSecure && ctx.get('Origin').startsWith('http:')) {
      const message = 'a browser signed in over plain HTTP and will drop the session cookie';
      const details = { host: shortened(ctx.get('Host')), remedy: USE_HTTPS };
      this.#deps.journal.record({ event: 'notice', message, details });
    }
  }

  /** @throws CafeError `storage_unavailable`; the session may then still be valid */
  async signOut(ctx: Context, caller: Caller): Promise<void> {
    if (caller.kind === 'token') return;
    ctx.set('Set-Cookie', `${this.#cookie.name}=; ${this.#cookie.attributes}; Max-Age=0`);
    await this.#deps.sessions.close(caller.session);
    this.#deps.journal.record({ event: 'admin_signed_out' });
  }

  #checkToken(ctx: Context, route: string | undefined, token: string): void {
    const address = this.#addressOf(ctx);
    // The token is checked first: others may have used up the tries of the owner's address.
    if (this.#deps.sessions.isToken(token)) {
      this.#deps.attempts.forgive(address);
      return;
    }
    const areTooMany = this.#deps.attempts.areTooMany(address);
    if (!areTooMany) this.#deps.attempts.add(address);
    throw this.#refusal(ctx, route, areTooMany ? 'too_many_attempts' : 'wrong_token');
  }

  /** Journals a malformed request, or one for an unknown route, of an authenticated caller. */
  tellOfMistake({ method }: Context, route: string | undefined): void {
    this.#deps.journal.record({ event: 'admin_refused', reason: 'not_understood', method, route });
  }

  /** @param hosts the hosts of the page and of the request, if they should match */
  #refusal(
    ctx: Context,
    route: string | undefined,
    reason: GateRefusal,
    hosts?: { origin: string; host: string },
  ): Refusal {
    const named = hosts && {
      origin: shortened(hosts.origin),
      host: shortened(hosts.host),
      remedy: PASS_HOST,
    };
    this.#deps.journal.record({
      event: 'admin_refused',
      reason,
      method: ctx.method,
      route,
      ...named,
    });
    const [code, message] = TOLD[reason];
    if (code === 'unauthorized') ctx.set('WWW-Authenticate', 'Bearer');
    return new Refusal(code, message);
  }

  #cookieOf(ctx: Context): string | undefined {
    const start = `${this.#cookie.name}=`;
    const pairs = ctx.get('Cookie').split(';');
    const own = pairs.map((pair) => pair.trim()).find((pair) => pair.startsWith(start));
    return own?.slice(start.length);
  }

  #setCookie(ctx: Context, value: string): void {
    ctx.set('Set-Cookie', `${this.#cookie.name}=${value}; ${this.#cookie.attributes}`);
  }

  /** The request's visitor, by the rules for readers. */
  visitorOf({ req }: Context): Visitor {
    return visitorOf(req, this.#deps.trust);
  }

  /** Falls back to the socket's address, because every attempt must be counted. */
  #addressOf(ctx: Context): string {
    const { req } = ctx;
    return this.visitorOf(ctx).address ?? req.socket.remoteAddress ?? '';
  }
}

/** The session cookie's name. With HTTPS, a name that no other host can set. */
export function cookieName(isSecure: boolean): string {
  return isSecure ? '__Host-cafe-admin' : 'cafe-admin';
}

/** A host may differ in case and include the default port. */
function isOriginOf(origin: string, host: string): boolean {
  const { protocol } = URL.parse(origin) ?? {};
  return protocol !== undefined && URL.parse(`${protocol}//${host}`)?.origin === origin;
}

/** Shortens headers, because anyone can forge long ones. */
function shortened(text: string): string {
  return text.slice(0, LONGEST_HOST);
}
