const printed = new Set<string>();

/** Loaded only after a failure; `undefined` if it does not load either. */
export function diagnosis() {
  return import('./requests/diagnosis.ts').catch(() => undefined);
}

/** Warns the page's author in the console. Prints each warning once. */
export async function warn(
  reason: (why: typeof import('./requests/diagnosis.ts')) => string | undefined,
  endpoint: string,
): Promise<void> {
  const why = await diagnosis();
  const text = (why && reason(why)) ?? `${endpoint} does not respond. Is it running?`;
  if (printed.has(text)) return;
  printed.add(text);
  // biome-ignore lint/suspicious/noConsole: the page's author reads the console
  console.warn(`<cafe-image>: ${text}`);
}
