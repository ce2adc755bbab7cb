import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

export interface Call {
  args: string[];
  stdin: string;
  /** Names of the variables that it was given. */
  env: string[];
}

export interface RecordingCommand {
  /** To be put in front of `PATH`. */
  folder: string;
  /** Every call so far, in order. */
  calls(): Promise<Call[]>;
}

/**
 * A stand-in for somebody's command line, found on `PATH`, that takes down how it is called.
 *
 * @param answer what it does besides: JavaScript, with `args` and `stdin` in reach
 */
export async function recordingCommand(name: string, answer = ''): Promise<RecordingCommand> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-command-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const log = path.join(folder, 'calls.jsonl');
  const script = `#!${process.execPath}
    const fs = require('node:fs');
    const args = process.argv.slice(2);
    let stdin = '';
    try { stdin = fs.readFileSync(0, 'utf8'); } catch {}
    const call = { args, stdin, env: Object.keys(process.env) };
    fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify(call) + '\\n');
    ${answer}`;
  await writeFile(path.join(folder, name), script);
  await chmod(path.join(folder, name), 0o755);
  return {
    folder,
    async calls() {
      const text = await readFile(log, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    },
  };
}
