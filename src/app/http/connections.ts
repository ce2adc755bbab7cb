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
 * What each connection has under way that is not answered at once. HTTP lets a client send requests
 * without waiting for answers, so that one connection could ask for any number.
 */
export class Connections {
  readonly #maxInProgress: number;
  readonly #connections = new WeakMap<Socket, Connection>();

  /** @param maxInProgress requests of one connection */
  constructor(maxInProgress: number) {
    this.#maxInProgress = maxInProgress;
  }

  /** @throws CafeError `overloaded` */
  begin({ socket }: IncomingMessage, response: ServerResponse): Departure {
    const connection = this.#connections.get(socket) ?? this.#add(socket);
    if (connection.underWay >= this.#maxInProgress) {
      throw new CafeError('overloaded', 'Too many requests of this connection are under way.');
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
    // Not the responses' own event: those that wait behind another one have none when it breaks.
    socket.once('close', () => {
      for (const callback of callbacks) callback();
      callbacks.clear();
    });
    this.#connections.set(socket, connection);
    return connection;
  }
}

/** Lets routes know by `ctx.state.departure` that the client has left. */
export function limitConnections(connections: Connections): Middleware {
  return (ctx, next) => {
    // What failed before was begun before; all that is left is to say so.
    if (!handedOver(ctx.req)?.failure) ctx.state.departure = connections.begin(ctx.req, ctx.res);
    return next();
  };
}

/** An answer may take as long as it takes, but the client has to take what is sent of it. */
function closeIfStuck(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy();
}
