/** The shutdown dates that OpenAI has announced, in UTC. */
const ANNOUNCED: Readonly<Record<string, string>> = {
  'gpt-image-1.5': '2026-12-01',
  'gpt-image-1-mini': '2026-12-01',
  'chatgpt-image-latest': '2026-12-01',
};

/** The shutdown date of a model or dated snapshot as `YYYY-MM-DD`; `undefined` if none is announced. */
export function shutdownOf(model: string): string | undefined {
  const name = model.replace(/-\d{4}-\d{2}-\d{2}$/, '');
  return Object.hasOwn(ANNOUNCED, name) ? ANNOUNCED[name] : undefined;
}
