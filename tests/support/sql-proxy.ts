import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A statement at which a connection falls silent. */
export interface SqlCut {
  statement: RegExp;
  /** Only on a connection on which this came before. */
  after?: RegExp;
  /** Whether the server gets it. The answer never comes either way. */
  isHeard: boolean;
}

/** Stands between the service and PostgreSQL, without TLS, and lets connections fall silent at statements. */
export class SqlProxy {
  readonly #target: { host: string; port: number };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut: SqlCut | undefined;
  #reached = 0;

  private constructor(port: number) {
    this.#target = { host: '127.0.0.1', port };
    this.#server = createServer((client) => this.#pass(client));
  }

  /** @param port of the server on 127.0.0.1 */
  static async before(port: number): Promise<SqlProxy> {
    const proxy = new SqlProxy(port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many connections have fallen silent. */
  get reached(): number {
    return this.#reached;
  }

  /** Cuts connections from now on; `undefined` for none. Those that are silent stay so. */
  set(cut: SqlCut | undefined): void {
    this.#cut = cut;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #pass(client: Socket): void {
    const upstream = connect(this.#target);
    let isSilent = false;
    /** What the connection has sent since it is open. */
    let sent = '';
    client.on('data', (chunk: Buffer) => {
      if (isSilent) return;
      const text = chunk.toString('latin1');
      const cut = this.#cut;
      if (cut?.statement.test(text) && (cut.after?.test(sent) ?? true)) {
        isSilent = true;
        this.#reached += 1;
        if (!cut.isHeard) return;
      }
      sent = (sent + text).slice(-20_000);
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (!isSilent) client.write(chunk);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay();
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
