import pino, { type Logger } from 'pino';
import type { Config } from './config/config.ts';

/** Deep enough for an SDK's error around a socket's error. */
const CAUSES = 4;
const LONGEST_MESSAGE = 400;

/** Receives complete lines, each with its line feed. */
export interface LogDestination {
  write(line: string): unknown;
}

/**
 * Logs JSON lines. Only the names, messages and causes of errors are logged, because SDKs attach
 * requests with credentials to theirs. Secrets that an upstream echoes are removed from the
 * finished line.
 */
export function createLogger(config: Config, destination: LogDestination = process.stdout): Logger {
  const secrets = config.secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  const blot = (line: string) =>
    secrets.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), line);
  return pino(
    {
      level: config.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, cause: describeError },
    },
    { write: (line) => destination.write(blot(line)) },
  );
}

interface ErrorDescription {
  name: string;
  message: string;
  code: string | undefined;
  status: number | undefined;
  stack: string | undefined;
  cause: ErrorDescription | undefined;
}

const NO_ERROR: ErrorDescription = {
  name: 'unknown',
  message: 'not an error',
  code: undefined,
  status: undefined,
  stack: undefined,
  cause: undefined,
};

/** Only unexpected errors (without a code or a status) include the stack. */
function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return NO_ERROR;
  const { code, status } = error as { code?: unknown; status?: unknown };
  const isExpected = typeof code === 'string' || typeof status === 'number';
  const hasCause = error.cause !== undefined && depth < CAUSES;
  return {
    name: error.name,
    message: error.message.slice(0, LONGEST_MESSAGE),
    code: typeof code === 'string' ? code : undefined,
    status: typeof status === 'number' ? status : undefined,
    stack: isExpected || depth > 0 ? undefined : error.stack,
    cause: hasCause ? describeError(error.cause, depth + 1) : undefined,
  };
}
