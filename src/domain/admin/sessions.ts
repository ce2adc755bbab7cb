import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { putJson } from '../storage/stored-objects.ts';

/** A signed-in owner. */
export interface AdminSession {
  /** 128 random bits, base64url. */
  id: string;
  /** Milliseconds since the Unix epoch. */
  signedInAt: number;
  /** When it was last used, according to its value; milliseconds since the Unix epoch. */
  seenAt: number;
}

/** Why a value is not a valid session. */
export type SessionFault = 'forged' | 'expired' | 'signed_out';

export type SessionCheck =
  /** With a `renewal`, the holder must use that value from now on. */
  { session: AdminSession; renewal?: string } | { fault: SessionFault };

/** Tolerated difference between the replicas' wall clocks, in milliseconds. */
const MAX_SKEW_MS = 300_000;
/** Longer than any session lasts. After this time, its sign-out record can be deleted. */
const FORGET_MS = 8 * 86_400_000;
/** A session's value is renewed after this share of its idle time. */
const RENEWAL_SHARE = 0.1;
const VALUE = /^([\w-]{22})\.(\d{13})\.(\d{13})\.([\w-]{43})$/;

/**
 * The sessions of the admin. A session is a signed value that its holder keeps: its id, its start
 * and its last use. Every replica can verify it alone, and neither signing in nor renewing writes
 * anything. The key is derived from the admin token, so a new token ends all sessions.
 *
 * Only sign-outs are stored, one small object each. Every check looks for that object, which costs
 * a HEAD request, so a sign-out holds on every replica at once. If the store does not respond,
 * access is denied.
 */
export class Sessions {
  readonly #token: string;
  readonly #key: Uint8Array;
  readonly #idleMs: number;
  readonly #absoluteMs: number;
  readonly #store: ObjectStore;
  readonly #recordsPrefix: string;
  readonly #clock: Clock;

  /** @param options.absoluteMs at most a week */
  constructor(options: {
    token: string;
    idleMs: number;
    absoluteMs: number;
    store: ObjectStore;
    recordsPrefix: string;
    clock: Clock;
  }) {
    this.#token = options.token;
    this.#key = new Uint8Array(
      hkdfSync('sha256', options.token, '', 'bytesized-cafe admin session', 32),
    );
    this.#idleMs = options.idleMs;
    this.#absoluteMs = options.absoluteMs;
    this.#store = options.store;
    this.#recordsPrefix = options.recordsPrefix;
    this.#clock = options.clock;
  }

  /** Whether it is the admin token. Takes constant time. */
  isToken(text: string): boolean {
    return timingSafeEqual(digest(text), digest(this.#token));
  }

  /** A new session's value. */
  open(): string {
    const now = this.#clock.now();
    return this.#valueOf({
      id: randomBytes(16).toString('base64url'),
      signedInAt: now,
      seenAt: now,
    });
  }

  /**
   * The session of a value, if it is valid.
   *
   * @throws CafeError `storage_unavailable`
   */
  async check(value: string): Promise<SessionCheck> {
    const session = this.#parse(value);
    if (!session) return { fault: 'forged' };
    const now = this.#clock.now();
    if (!this.#isWithinItsTime(session, now)) return { fault: 'expired' };
    if (!(await this.goesOn(session))) return { fault: 'signed_out' };
    if (now - session.seenAt < this.#idleMs * RENEWAL_SHARE) return { session };
    return { session, renewal: this.#valueOf({ ...session, seenAt: now }) };
  }

  /**
   * Whether a session checked before has not been ended since.
   *
   * @throws CafeError `storage_unavailable`
   */
  async goesOn(session: AdminSession): Promise<boolean> {
    return (await this.#store.head(this.#markOf(session))) === undefined;
  }

  /**
   * Ends a session, including all copies of its value.
   *
   * @throws CafeError `storage_unavailable`; the session may then still be valid
   */
  async close(session: AdminSession): Promise<void> {
    await putJson(this.#store, this.#markOf(session), {});
    await this.#forgetOld();
  }

  #isWithinItsTime({ signedInAt, seenAt }: AdminSession, now: number): boolean {
    const hasBegun = signedInAt <= seenAt && seenAt <= now + MAX_SKEW_MS;
    return hasBegun && now - seenAt < this.#idleMs && now - signedInAt < this.#absoluteMs;
  }

  async #forgetOld(): Promise<void> {
    const prefix = this.#marksPrefix;
    const before = this.#clock.now() - FORGET_MS;
    for await (const { key } of this.#store.list(prefix)) {
      // Oldest first.
      if (!(Number(key.slice(prefix.length).split('-', 1)[0]) < before)) return;
      await this.#store.delete(key);
    }
  }

  /** Hashed, so that a reader of the store cannot learn the session id. */
  #markOf({ id, signedInAt }: AdminSession): string {
    return `${this.#marksPrefix}${signedInAt}-${digest(id).toString('hex').slice(0, 32)}.json`;
  }

  get #marksPrefix(): string {
    return `${this.#recordsPrefix}/sign-outs/`;
  }

  #parse(value: string): AdminSession | undefined {
    const [, id, signedInAt, seenAt, signature] = VALUE.exec(value) ?? [];
    if (!id || !signature) return undefined;
    const session = { id, signedInAt: Number(signedInAt), seenAt: Number(seenAt) };
    const right = Buffer.from(this.#signatureOf(session));
    return timingSafeEqual(Buffer.from(signature), right) ? session : undefined;
  }

  #valueOf(session: AdminSession): string {
    return `${textOf(session)}.${this.#signatureOf(session)}`;
  }

  #signatureOf(session: AdminSession): string {
    return createHmac('sha256', this.#key).update(textOf(session)).digest('base64url');
  }
}

function textOf({ id, signedInAt, seenAt }: AdminSession): string {
  return `${id}.${signedInAt}.${seenAt}`;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
