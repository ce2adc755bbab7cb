import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

type Way = 'request' | 'answer';

/** What becomes of the bytes between a client and its upstream. */
export type Weather =
  /** Every piece takes longer, either way. */
  | { kind: 'latency'; ms: number }
  /** Nobody listens, and what was open is cut. For all calls, never for some. */
  | { kind: 'refuse' }
  /** Nothing arrives, either way, and nothing is closed; what was sent arrives once it is over. */
  | { kind: 'black hole' }
  /** What is asked arrives, and what is answered only once it is over. */
  | { kind: 'mute' }
  /** The connection breaks after so many bytes of a call. */
  | { kind: 'reset'; of: Way; afterBytes: number }
  /** The answer goes no further than so many bytes until it is over; nothing is closed. */
  | { kind: 'stall'; afterBytes: number }
  /** The answer ends after so many bytes, as if that were all of it. */
  | { kind: 'truncate'; afterBytes: number }
  /** Goes on at this speed, either way. */
  | { kind: 'throttle'; bytesPerSecond: number };

interface Spell {
  weather: Weather;
  /** Which calls it is for, as they stand in the journal; all of them where nothing is said. */
  only: RegExp | undefined;
  /** For how many calls more. */
  left: number;
  over: PromiseWithResolvers<void>;
}

/** A connection that is passed on. */
interface Passage {
  client: Socket;
  upstream: Socket;
  /** For the call that is under way. */
  spell: Spell | undefined;
  /** Bytes of the call that is under way. */
  carried: Record<Way, number>;
  /** It ends as it was told to, and is not to be broken off. */
  isEnding: boolean;
}

const REQUEST_LINE = /^(GET|HEAD|PUT|POST|DELETE) (\S+) HTTP\/1\.1\r\n/;
const THROTTLE_STEP_MS = 50;

/**
 * Stands between a client and an HTTP/1.1 upstream, on a port of 127.0.0.1, and lets connections go
 * wrong as networks do. It passes bytes on as they are, and reads of requests only their first line.
 */
export class FaultProxy {
  /** Every call in the order in which they came, such as `PUT /bucket/key?x-id=PutObject`. */
  readonly journal: string[] = [];
  readonly #target: URL;
  readonly #server: Server;
  readonly #passages = new Set<Passage>();
  #port = 0;
  #spell: Spell | undefined;

  private constructor(target: string) {
    this.#target = new URL(target);
    // Either side may go on sending when the other has said all.
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#pass(client));
  }

  /** @param target such as `http://127.0.0.1:8190` */
  static async before(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await proxy.#listen();
    return proxy;
  }

  /** Without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** How many calls like that have come. */
  countOf(call: RegExp): number {
    return this.journal.filter((line) => call.test(line)).length;
  }

  /**
   * Changes what goes wrong, for open connections too.
   *
   * @param only for calls of which the line in the journal matches; `refuse` is always for all
   * @param times for so many calls from now on
   */
  async set(
    weather: Weather,
    { only, times = Number.POSITIVE_INFINITY }: { only?: RegExp; times?: number } = {},
  ): Promise<void> {
    await this.pass();
    this.#spell = { weather, only, left: times, over: Promise.withResolvers() };
    if (weather.kind !== 'refuse') return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cutAll();
    await closed;
  }

  /** Nothing goes wrong any more, and what was held back goes on. */
  async pass(): Promise<void> {
    const ended = this.#spell;
    this.#spell = undefined;
    ended?.over.resolve();
    if (!this.#server.listening) await this.#listen();
  }

  /** Breaks all connections there are. */
  cutAll(): void {
    for (const passage of this.#passages) breakOff({ ...passage, isEnding: false });
  }

  async close(): Promise<void> {
    this.#spell?.over.resolve();
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined;
    this.#server.close();
    this.cutAll();
    await closed;
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #pass(client: Socket): void {
    const { hostname: host, port } = this.#target;
    const upstream = connect({ host, port: Number(port), allowHalfOpen: true });
    const carried = { request: 0, answer: 0 };
    const passage: Passage = { client, upstream, spell: undefined, carried, isEnding: false };
    this.#passages.add(passage);
    for (const socket of [client, upstream]) {
      socket.setNoDelay();
      socket.on('error', () => breakOff(passage));
      socket.on('close', () => this.#passages.delete(passage));
    }
    // A broken connection ends the carrying, which is what it is for.
    this.#carry(passage, 'request').catch(() => breakOff(passage));
    this.#carry(passage, 'answer').catch(() => breakOff(passage));
  }

  async #carry(passage: Passage, way: Way): Promise<void> {
    const { client, upstream } = passage;
    const [from, to] = way === 'request' ? [client, upstream] : [upstream, client];
    for await (const chunk of from as AsyncIterable<Buffer>) {
      if (way === 'request') this.#note(passage, chunk);
      await this.#carryOn(passage, way, to, chunk);
    }
    const { weather, over } = this.#spellOf(passage) ?? {};
    if (weather?.kind === 'black hole') await over?.promise;
    to.end();
  }

  /** A client sends its next request once the last one is answered. */
  #note(passage: Passage, chunk: Buffer): void {
    const [, method, path] = REQUEST_LINE.exec(chunk.toString('latin1', 0, 4096)) ?? [];
    if (!method) return;
    const call = `${method} ${path}`;
    this.journal.push(call);
    passage.carried = { request: 0, answer: 0 };
    const spell = this.#spell;
    const isMeant = spell && spell.left > 0 && (!spell.only || spell.only.test(call));
    passage.spell = isMeant ? spell : undefined;
    if (isMeant) spell.left -= 1;
  }

  /** Of calls that are under way already, those are meant too for whom no choice was made. */
  #spellOf({ spell }: Passage): Spell | undefined {
    const now = this.#spell;
    if (spell && spell === now) return spell;
    return now && !now.only && now.left === Number.POSITIVE_INFINITY ? now : undefined;
  }

  async #carryOn(passage: Passage, way: Way, to: Socket, chunk: Buffer): Promise<void> {
    const { weather, over } = this.#spellOf(passage) ?? {};
    const before = passage.carried[way];
    passage.carried[way] += chunk.length;
    switch (weather?.kind) {
      case undefined:
      case 'refuse':
        return write(to, chunk);
      case 'latency':
        await wait(weather.ms);
        return write(to, chunk);
      case 'black hole':
        await over?.promise;
        return write(to, chunk);
      case 'mute':
        if (way === 'answer') await over?.promise;
        return write(to, chunk);
      case 'stall':
        if (way === 'answer' && before + chunk.length > weather.afterBytes) await over?.promise;
        return write(to, chunk);
      case 'throttle':
        return throttled(to, chunk, weather.bytesPerSecond);
      case 'reset':
      case 'truncate': {
        const of = weather.kind === 'reset' ? weather.of : 'answer';
        const isWithin = way !== of || before + chunk.length <= weather.afterBytes;
        if (isWithin) return write(to, chunk);
        await write(to, chunk.subarray(0, Math.max(0, weather.afterBytes - before)));
        if (weather.kind === 'reset') return breakOff(passage);
        passage.isEnding = true;
        passage.client.end();
        passage.upstream.destroy();
      }
    }
  }
}

function breakOff({ client, upstream, isEnding }: Passage): void {
  if (isEnding) return;
  for (const socket of [client, upstream]) {
    if (!socket.destroyed) socket.resetAndDestroy();
  }
}

async function write(to: Socket, chunk: Buffer): Promise<void> {
  if (chunk.length === 0 || to.destroyed || to.write(chunk)) return;
  await Promise.race([once(to, 'drain'), once(to, 'close')]);
}

async function throttled(to: Socket, chunk: Buffer, bytesPerSecond: number): Promise<void> {
  const step = Math.max(1, Math.floor((bytesPerSecond * THROTTLE_STEP_MS) / 1000));
  for (let at = 0; at < chunk.length && !to.destroyed; at += step) {
    await write(to, chunk.subarray(at, at + step));
    await wait(THROTTLE_STEP_MS);
  }
}
