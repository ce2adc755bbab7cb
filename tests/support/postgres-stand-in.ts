import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { PGlite } from '@electric-sql/pglite';

/** What the stand-in does otherwise than a server. */
export interface StandInManners {
  /** The code and message of the error that it greets clients with. */
  refusal?: readonly [code: string, message: string] | undefined;
  /** The code of the error for a statement. */
  refuses?: Readonly<Record<string, string>>;
  /** The process that works for a client, the number of whose statements grows. */
  pidOf?: (client: number, statement: number) => number;
  /** The process that a client is told at the start. */
  toldPid?: (client: number) => number;
  /** Its clock, in milliseconds since the Unix epoch. */
  time?: number;
}

const SSL_REQUEST = 80877103;
const PID_QUERY = /^select pg_backend_pid\(\) as pid$/;
const TIME_QUERY = /clock_timestamp\(\)/;
const READY = message('Z', Buffer.from('I'));

/**
 * PostgreSQL's protocol over an embedded database in memory. All its clients share one session, and what it
 * says of versions, permissions and times is what a test has told that session.
 */
export class PostgresStandIn {
  manners: StandInManners = {};
  readonly database: PGlite;
  readonly #server: Server;
  #clients = 0;

  private constructor(database: PGlite, server: Server) {
    this.database = database;
    this.#server = server;
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async start(): Promise<PostgresStandIn> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PostgresStandIn(await PGlite.create(), server);
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `postgres://cafe:canary-of-the-database@127.0.0.1:${port}/cafe`;
  }

  async close(): Promise<void> {
    this.#server.close();
    await this.database.close();
  }

  #serve(socket: Socket): void {
    const client = this.#clients;
    this.#clients += 1;
    let statements = 0;
    let isGreeted = false;
    let last: Promise<void> = Promise.resolve();
    const reply = async (data: Buffer): Promise<void> => {
      if (!isGreeted) {
        if (data.length === 8 && data.readInt32BE(4) === SSL_REQUEST) socket.write('N');
        else {
          isGreeted = true;
          socket.write(this.#greeting(client));
        }
        return;
      }
      if (data.toString('latin1', 0, 1) === 'X') {
        socket.end();
        return;
      }
      socket.write(await this.#answer(data, client, statements));
      statements += 1;
    };
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      last = last.then(() => reply(data)).catch(() => void socket.destroy());
    });
  }

  #greeting(client: number): Buffer {
    const { refusal, toldPid = () => 0 } = this.manners;
    if (refusal) return errorOf(...refusal);
    return Buffer.concat([
      message('R', whole(0)),
      message('K', Buffer.concat([whole(toldPid(client)), whole(0)])),
      READY,
    ]);
  }

  async #answer(data: Buffer, client: number, statement: number): Promise<Uint8Array> {
    const { refuses = {}, pidOf, time } = this.manners;
    // A simple query: the letter, its length, and the text with a zero at its end.
    const text = data.toString('utf8', 5, data.length - 1);
    const code = refuses[text];
    if (code) return Buffer.concat([errorOf(code, `${text} is refused`), READY]);
    if (pidOf && PID_QUERY.test(text)) return oneNumber('pid', pidOf(client, statement));
    if (time !== undefined && TIME_QUERY.test(text)) return oneNumber('time', time);
    return this.database.execProtocolRaw(data);
  }
}

function oneNumber(name: string, value: number): Buffer {
  const text = Buffer.from(String(value));
  // Of no table; type `float8`, eight bytes long, written as text.
  const field = Buffer.alloc(18);
  field.writeInt32BE(701, 6);
  field.writeInt16BE(8, 10);
  field.writeInt32BE(-1, 12);
  return Buffer.concat([
    message('T', Buffer.concat([short(1), Buffer.from(`${name}\0`), field])),
    message('D', Buffer.concat([short(1), whole(text.length), text])),
    message('C', Buffer.from('SELECT 1\0')),
    READY,
  ]);
}

function errorOf(code: string, text: string): Buffer {
  return message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`));
}

function message(letter: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(letter), whole(body.length + 4), body]);
}

function whole(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

function short(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}
