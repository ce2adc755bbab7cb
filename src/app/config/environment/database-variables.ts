import { databaseUrl, whole, word } from './values.ts';

/** Variables of the database and of the studio. */
export const DATABASE_VARIABLES = {
  STUDIO: word(['on', 'off'])
    .optional()
    .describe(
      'The API with accounts under /v1. Default: on, in production only with a DATABASE_URL',
    ),
  DATABASE_URL: databaseUrl()
    .optional()
    .describe(
      'PostgreSQL 15 or newer: postgres://user:password@host:5432/name. The budget is kept there, too. Without it, development uses an embedded database in DATA_DIR',
    ),
  BUDGET_LEDGER: word(['postgres', 'object-store'])
    .optional()
    .describe('Where budget, claims and history are kept. Default: postgres with a DATABASE_URL'),
  DATABASE_MAX_CONNECTIONS: whole(1, 1000)
    .default(10)
    .describe(
      'Connections per replica. All replicas together must stay below the limit of the server',
    ),
  DATABASE_CONNECT_TIMEOUT_MS: whole(100, 60_000)
    .default(5000)
    .describe('Time to open a connection, or to wait for a free one'),
  DATABASE_STATEMENT_TIMEOUT_MS: whole(100, 60_000)
    .default(5000)
    .describe('Time for one statement'),
};
