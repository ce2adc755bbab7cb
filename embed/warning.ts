const said = new Set<string>();

/** Only loaded when something has failed; `undefined` if that fails, too. */
export function diagnosis() {
  return import('./diagnosis.ts').catch(() => undefined);
}

/** Tells the page's author why there is no picture, and what to do. The same is said once. */
export async function warn(
  reason: (why: typeof import('./diagnosis.ts')) => string | undefined,
  endpoint: string,
): Promise<void> {
  const why = await diagnosis();
  const text = (why && reason(why)) ?? `No answer from ${endpoint}. Does it run?`;
  if (said.has(text)) return;
  said.add(text);
  // biome-ignore lint/suspicious/noConsole: it is where authors look
  console.warn(`<cafe-image>: ${text}`);
}
