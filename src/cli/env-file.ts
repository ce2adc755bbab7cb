/**
 * Parses an environment file as `docker run --env-file` does. Each line is a variable. Everything after
 * the first `=` is its value, including quotes and `#`. Blank lines and lines that start with `#` are
 * ignored. A name without `=` comes from the environment, so it is not set here.
 *
 * @throws Error for the first line that docker would reject
 */
export function parseEnvFile(text: string): Record<string, string> {
  const set: Record<string, string> = {};
  for (const [at, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const written = line.trimStart();
    if (written === '' || written.startsWith('#')) continue;
    const [name = ''] = written.split('=', 1);
    if (name === '' || /\s/.test(name.trimEnd())) {
      throw new Error(`line ${at + 1} has no variable name before "="`);
    }
    if (written.includes('=')) set[name.trimEnd()] = written.slice(name.length + 1);
  }
  return set;
}
