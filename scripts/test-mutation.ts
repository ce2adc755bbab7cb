import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from '../tests/mutation/mutants.ts';

/**
 * Makes one mistake after the other in a copy of the repository, and runs the tests that must notice it.
 * `--seconds N` starts no further mistake after that time, and starts at another one each time.
 * `--only TEXT` uses those with the text in the path of their file.
 */
const ROOT = path.join(import.meta.dirname, '..');
const LEFT_OUT = new Set(['node_modules', '.git', 'dist']);
/** A mistake may make a test wait for ever. */
const MAX_MS = 300_000;

const { values: options } = parseArgs({
  options: { seconds: { type: 'string' }, only: { type: 'string', default: '' } },
});
const seconds = Number(options.seconds ?? Number.POSITIVE_INFINITY);
if (!(seconds > 0)) throw new Error('--seconds takes a number');
const mutants = MUTANTS.filter(({ file }) => file.includes(options.only));

function passes(copy: string, { tests, titles }: Mutant): boolean {
  const args = ['vitest', 'run', `tests/${tests}.test.ts`, '--bail=1'];
  if (titles) args.push('-t', titles);
  const { status } = spawnSync('npx', args, { cwd: copy, stdio: 'ignore', timeout: MAX_MS });
  return status === 0;
}

const copy = await mkdtemp(path.join(tmpdir(), 'cafe-mutants-'));
const notNoticed: string[] = [];
try {
  const filter = (from: string) => !LEFT_OUT.has(path.relative(ROOT, from));
  await cp(ROOT, copy, { recursive: true, filter });
  await symlink(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  const end = performance.now() + seconds * 1000;
  const first = Number.isFinite(seconds) ? Math.floor(Math.random() * mutants.length) : 0;
  const inTurn = [...mutants.slice(first), ...mutants.slice(0, first)];
  let tried = 0;
  const sound = new Set<string>();
  for (const mutant of inTurn) {
    if (performance.now() > end) break;
    const file = path.join(copy, 'src', mutant.file);
    const name = `${mutant.file}: ${mutant.text.trim()}`;
    const source = await readFile(file, 'utf8');
    if (source.split(mutant.text).length !== 2) {
      notNoticed.push(`${name} (is not in the file exactly once)`);
      continue;
    }
    const run = `${mutant.tests} ${mutant.titles}`;
    if (!sound.has(run) && !passes(copy, mutant)) {
      notNoticed.push(`${name} (its tests also fail without the mistake)`);
      continue;
    }
    sound.add(run);
    await writeFile(
      file,
      source.replace(mutant.text, () => mutant.replacement),
    );
    const isNoticed = !passes(copy, mutant);
    await writeFile(file, source);
    tried += 1;
    process.stdout.write(`${isNoticed ? 'noticed ' : 'SURVIVED'} ${name}\n`);
    if (!isNoticed) notNoticed.push(name);
  }
  process.stdout.write(`${tried} of ${mutants.length} mistakes tried\n`);
} finally {
  await rm(copy, { recursive: true });
}
for (const each of notNoticed) process.stderr.write(`not noticed: ${each}\n`);
if (notNoticed.length > 0) process.exitCode = 1;
