/** Useful fields of the errors of `openai` and Node. */
const FIELDS = ['status', 'code', 'type', 'param', 'requestID', 'syscall', 'flaw'] as const;
/** Ends circular chains of causes. */
const DEEPEST = 6;

/**
 * Copies an error for the log, without the secret. Upstreams may repeat a wrong key in their messages, and
 * Node includes a key that is not a valid header in its error.
 */
export function withoutSecret(error: unknown, secret: string, depth = 0): Error {
  const clean = (text: string) => (secret === '' ? text : text.replaceAll(secret, '[key]'));
  if (!(error instanceof Error)) return new Error(clean(String(error)));
  const copy = new Error(clean(error.message));
  // The errors of `openai` are all named `Error`, so use the name of their class.
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
