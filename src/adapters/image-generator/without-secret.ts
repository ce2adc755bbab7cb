/** Fields worth keeping of the errors of `openai` and of Node. */
const FIELDS = ['status', 'code', 'type', 'param', 'requestID', 'syscall', 'flaw'] as const;
/** Deeper than any real chain of causes; it ends one that goes in circles. */
const DEEPEST = 6;

/**
 * A copy of an error for the log that does not hold the secret. Upstreams repeat a wrong key in
 * their messages, and a key that cannot be sent ends up in the message that says so.
 */
export function withoutSecret(error: unknown, secret: string, depth = 0): Error {
  const clean = (text: string) => (secret === '' ? text : text.replaceAll(secret, '[key]'));
  if (!(error instanceof Error)) return new Error(clean(String(error)));
  const copy = new Error(clean(error.message));
  // The errors of `openai` are told apart by their class; they are all named `Error`.
  copy.name = error.name === 'Error' ? error.constructor.name : error.name;
  if (error.stack) copy.stack = clean(error.stack);
  for (const field of FIELDS) {
    const value: unknown = (error as unknown as Record<string, unknown>)[field];
    if (typeof value === 'number') Object.assign(copy, { [field]: value });
    if (typeof value === 'string') Object.assign(copy, { [field]: clean(value) });
  }
  if (error.cause !== undefined && depth < DEEPEST) {
    copy.cause = withoutSecret(error.cause, secret, depth + 1);
  }
  return copy;
}
