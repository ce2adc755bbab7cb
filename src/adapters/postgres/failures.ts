import { CafeError } from '../../domain/kernel/errors.ts';

/** Codes and classes of PostgreSQL after which another attempt may succeed, or a person must act. */
const UNAVAILABLE = [
  /^08/, // connection
  /^25P03$/, // idle for too long in a transaction
  /^25006$/, // read-only: a standby, or a primary that was demoted
  /^28/, // login refused
  /^3D000$/, // no such database
  /^53/, // disk full, out of memory, too many connections
  /^55P03$/, // a lock was not free in time
  /^57/, // cancelled, shut down, starting up
  /^58/, // input and output
  /^XX/, // internal, also an embedded database whose thread ended
];

/** Two transactions conflicted. The whole transaction may be tried again. */
const REPEATABLE = ['40001', '40P01'];

/** Every code of PostgreSQL has a digit. Others are of the network and of TLS, such as `EPIPE`. */
const OF_POSTGRES = /^(?=.*\d)[0-9A-Z]{5}$/;

/** After these errors, the connection is still open but cannot be used. */
const SPOILT = /^(25006|57P0\d|08.*)$/;

/** The code of an error that prevented a connection and has no other. */
export const NOT_CONNECTED = 'ENOTCONN';

export function isRepeatable(error: unknown): boolean {
  return REPEATABLE.includes(codeOf(error));
}

/** Whether a connection must be closed after this error instead of being used again. */
export function spoilsConnection(error: unknown): boolean {
  const code = codeOf(error);
  return !OF_POSTGRES.test(code) || SPOILT.test(code);
}

/**
 * The error for callers: `database_unavailable` if the database could not do its work, with the
 * database's error as the cause. Returns any other error, such as a violated constraint, unchanged.
 */
export function databaseFailure(error: unknown): unknown {
  if (error instanceof CafeError) return error;
  const code = codeOf(error);
  const isAway =
    (code !== '' && !OF_POSTGRES.test(code)) ||
    REPEATABLE.includes(code) ||
    UNAVAILABLE.some((form) => form.test(code)) ||
    (code === '' && isOfTheDriver(error));
  if (!isAway) return error;
  return new CafeError('database_unavailable', 'The database is unavailable. Try again soon.', {
    cause: error,
  });
}

/** Whether the database could not do its work. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof CafeError && error.code === 'database_unavailable';
}

/** The driver's own errors have no code. */
function isOfTheDriver(error: unknown): boolean {
  const forms =
    /^(Connection terminated|timeout e|Query read timeout|Client |Cannot use a pool|driver has already)/;
  return error instanceof Error && forms.test(error.message);
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
