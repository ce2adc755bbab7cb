import type { Context } from 'koa';
import type { FailedAttempts } from '../../../domain/admin/failed-attempts.ts';
import type { Sessions } from '../../../domain/admin/sessions.ts';
import type { Visitor } from '../../../domain/countries/geo-locator.ts';
import type { AdminRefusal, Journal } from '../../../domain/monitoring/journal.ts';
import type { ProxyTrust } from '../../config/config.ts';
import { bearerTokenIn } from '../bearer-token.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import { visitorOf } from '../visitor.ts';
import type { Caller } from './admin-route.ts';

type GateRefusal = Exclude<AdminRefusal, 'not_understood'>;

/** What a refused caller is told: nothing of why, where that would help somebody to get in. */
const TOLD: Readonly<Record<GateRefusal, [RefusalCode, string]>> = {
  wrong_token: ['unauthorized', 'This is not the token.'],
  too_many_attempts: ['too_many_attempts', 'Too many wrong tokens; try again later.'],
  no_session: ['unauthorized', 'Sign in first.'],
  session_forged: ['unauthorized', 'Sign in first.'],
  session_expired: ['unauthorized', 'Sign in first.'],
  session_signed_out: ['unauthorized', 'Sign in first.'],
  cross_site: ['cross_site', 'This has to be asked for by the admin itself.'],
};

/** A proof that a request was not made by a form, which can be sent from any site. */
const OWN_HEADER = 'X-Cafe-Admin';
/** By this a page says that it asks on its own, and nobody has done anything there. */
const BACKGROUND_HEADER = 'X-Cafe-Background';
const LONGEST_HOST = 200;
const PASS_HOST =
  'A proxy in front of the cafe must pass the Host header on (nginx: proxy_set_header Host $http_host).';
const USE_HTTPS =
  'Open the admin over https: in production the session’s cookie is for https alone. A proxy with TLS in front is enough.';
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

interface GateDeps {
  sessions: Sessions;
  attempts: FailedAttempts;
  journal: Journal;
  trust: ProxyTrust;
  /** Whether browsers come by HTTPS: then the cookie's name says so, too. */
  isSecure: boolean;
}

/**
 * Decides who gets in. Everything else of the admin is behind it.
 *
 * A session is carried by a cookie that scripts cannot read and that no other site's requests carry;
 * a script of the owner's sends the token itself as `Authorization: Bearer`.
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
   * Who asks. Renews the session where it is time to, unless nobody may be there any more: where the
   * route is one that pages ask for on their own, or the request says so.
   *
   * @throws Refusal for everybody else; CafeError `storage_unavailable` where the store cannot tell
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
   * What changes something has to come from a page of this origin. Browsers say so themselves; of one
   * that does not, the origin has to be the host that was asked. And it has to be what no form can
   * send. Beside the cookie's own `SameSite` this is the second lock, and not the only one.
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
   * Exchanges the token for a session. Goes behind {@link refuseOtherSites}.
   *
   * @throws Refusal where it is not the token, or was tried too often
   */
  signIn(ctx: Context, route: string, token: string): void {
    this.#checkToken(ctx, route, token);
    this.#setCookie(ctx, this.#deps.sessions.open());
    this.#deps.journal.record({ event: 'admin_signed_in' });
    if (this.#deps.isSecure && ctx.get('Origin').startsWith('http:')) {
      const message = 'a browser signed in over plain http, and will not keep the session';
      const details = { host: shortened(ctx.get('Host')), remedy: USE_HTTPS };
      this.#deps.journal.record({ event: 'notice', message, details });
    }
  }

  /** @throws CafeError `storage_unavailable`; then the session may go on elsewhere */
  async signOut(ctx: Context, caller: Caller): Promise<void> {
    if (caller.kind === 'token') return;
    ctx.set('Set-Cookie', `${this.#cookie.name}=; ${this.#cookie.attributes}; Max-Age=0`);
    await this.#deps.sessions.close(caller.session);
    this.#deps.journal.record({ event: 'admin_signed_out' });
  }

  #checkToken(ctx: Context, route: string | undefined, token: string): void {
    const address = this.#addressOf(ctx);
    // Not the other way round: others may use up the tries of the owner's address.
    if (this.#deps.sessions.isToken(token)) {
      this.#deps.attempts.forgive(address);
      return;
    }
    const areTooMany = this.#deps.attempts.areTooMany(address);
    if (!areTooMany) this.#deps.attempts.add(address);
    throw this.#refusal(ctx, route, areTooMany ? 'too_many_attempts' : 'wrong_token');
  }

  /** Takes down that somebody who was let in asked for what there is not, or in a way that is none. */
  tellOfMistake({ method }: Context, route: string | undefined): void {
    this.#deps.journal.record({ event: 'admin_refused', reason: 'not_understood', method, route });
  }

  /** @param hosts what the page and the request name, where they should be one */
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

  /** Where a request comes from, by the rules for readers. */
  visitorOf({ req }: Context): Visitor {
    return visitorOf(req, this.#deps.trust);
  }

  /** The socket's where the rules for readers find none: whoever tries has to be counted. */
  #addressOf(ctx: Context): string {
    const { req } = ctx;
    return this.visitorOf(ctx).address ?? req.socket.remoteAddress ?? '';
  }
}

/** Of the session's cookie; where browsers come by HTTPS, one that no other host can set. */
export function cookieName(isSecure: boolean): string {
  return isSecure ? '__Host-cafe-admin' : 'cafe-admin';
}

/** A host may be in another case, and name the port that goes without saying. */
function isOriginOf(origin: string, host: string): boolean {
  const { protocol } = URL.parse(origin) ?? {};
  return protocol !== undefined && URL.parse(`${protocol}//${host}`)?.origin === origin;
}

/** Of headers that anybody may have made up. */
function shortened(text: string): string {
  return text.slice(0, LONGEST_HOST);
}
