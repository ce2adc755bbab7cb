import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Middleware } from 'koa';
import { CafeError } from '../../domain/kernel/errors.ts';
import type { Departure } from '../../domain/limits/load-shedding.ts';
import { handedOver } from './handed-over.ts';

interface Connection extends Departure {
  underWay: number;
}

/**
 * The waiting requests of each connection. HTTP pipelining would otherwise let one connection send
 * any number.
 */
export class Connections {
  readonly #maxInProgress: number;
  readonly #connections = new WeakMap<Socket, Connection>();

  /** @param maxInProgress requests per connection */
  constructor(maxInProgress: number) {
    this.#maxInProgress = maxInProgress;
  }

  /** @throws CafeError `overloaded` */
  begin({ socket }: IncomingMessage, response: ServerResponse): Departure {
    const connection = this.#connections.get(socket) ?? this.#add(socket);
    if (connection.underWay >= this.#maxInProgress) {
      throw new CafeError('overloaded', 'Too many requests on this connection are in progress.');
    }
    connection.underWay += 1;
    response.once('close', () => {
      connection.underWay -= 1;
    });
    response.on('timeout', closeIfStuck);
    return connection;
  }

  #add(socket: Socket): Connection {
    const callbacks = new Set<() => void>();
    const connection: Connection = {
      underWay: 0,
      onceGone(callback) {
        callbacks.add(callback);
        return () => callbacks.delete(callback);
      },
    };
    // Not the response's own event: pipelined responses get none if the connection breaks.
    socket.once('close', () => {
      for (const callback of callbacks) callback();
      callbacks.clear();
    });
    this.#connections.set(socket, connection);
    return connection;
  }
}

/** Provides `ctx.state.departure`, which signals to routes that the client has disconnected. */
export function limitConnections(connections: Connections): Middleware {
  return (ctx, next) => {
    // A request that failed earlier was already counted. Only its error remains to be sent.
    if (!handedOver(ctx.req)?.failure) ctx.state.departure = connections.begin(ctx.req, ctx.res);
    return next();
  };
}

/** A response may take any time, but the client must keep reading it. */
function closeIfStuck(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy();
}
