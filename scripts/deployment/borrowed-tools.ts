import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lastWords, type Ran, runCommand } from './run-command.ts';

/** Used only here, so they are not dependencies. */
const PACKAGES = [
  'dockerfile-utils@0.16.3',
  '@action-validator/cli@0.6.0',
  '@action-validator/core@0.6.0',
  '@cdktf/hcl2json@0.21.0',
  'yaml@2.9.1',
  'smol-toml@1.9.1',
  'railway@3.11.0',
];

/** Packages from npm, in a temporary folder. */
export interface BorrowedTools {
  /** Runs a tool's own command. */
  run(command: string, ...args: string[]): Promise<Ran>;
  /** Runs a module that may import the packages; what it writes as JSON to its output. */
  evaluate(source: string, ...args: string[]): Promise<unknown>;
  remove(): Promise<void>;
}

/** @throws an Error if npm cannot install them */
export async function borrowTools(): Promise<BorrowedTools> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-tools-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  await writeFile(path.join(folder, 'package.json'), '{"private":true,"type":"module"}');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...PACKAGES];
  const installed = await runCommand('npm', args, { cwd: folder });
  if (installed.code !== 0) {
    await remove();
    throw new Error(lastWords(installed));
  }
  return { ...toolsIn(folder), remove };
}

/** Uses the packages that are installed in a folder. */
export function toolsIn(folder: string): Omit<BorrowedTools, 'remove'> {
  return {
    run: (command, ...rest) =>
      runCommand(path.join(folder, 'node_modules/.bin', command), rest, { cwd: folder }),
    async evaluate(source, ...rest) {
      const node = ['--input-type=module', '--eval', source, '--', ...rest];
      const ran = await runCommand(process.execPath, node, { cwd: folder });
      if (ran.code !== 0) throw new Error(withoutStack(ran.stderr));
      return JSON.parse(ran.stdout);
    },
  };
}

/** The message of a failed module, without its stack trace. */
function withoutStack(text: string): string {
  const lines = text.split('\n').filter((line) => !/^\s+at |^Node\.js v/.test(line));
  return lines.join('\n').trim();
}
