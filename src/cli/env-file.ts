/**
 * Reads a file of variables as `docker run --env-file` does: a variable a line, and everything behind
 * the first `=` is its value, quotes and `#` included. Blank lines and lines that begin with `#` are
 * left out. A name without `=` is taken from the environment, and so is not set here.
 *
 * @throws Error that names the line docker would refuse
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
      throw new Error(`line ${at + 1} has no name of a variable before its "="`);
    }
    if (written.includes('=')) set[name.trimEnd()] = written.slice(name.length + 1);
  }
  return set;
}
