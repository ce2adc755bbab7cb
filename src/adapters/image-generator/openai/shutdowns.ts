/** The days, in UTC, from which OpenAI answers no more for a model, as it has announced them. */
const ANNOUNCED: Readonly<Record<string, string>> = {
  'gpt-image-1.5': '2026-12-01',
  'gpt-image-1-mini': '2026-12-01',
  'chatgpt-image-latest': '2026-12-01',
};

/**
 * The day from which a model is not to be had any more, as `YYYY-MM-DD`; `undefined` where none is
 * announced. A dated snapshot ends with its model.
 */
export function shutdownOf(model: string): string | undefined {
  const name = model.replace(/-\d{4}-\d{2}-\d{2}$/, '');
  return Object.hasOwn(ANNOUNCED, name) ? ANNOUNCED[name] : undefined;
}
