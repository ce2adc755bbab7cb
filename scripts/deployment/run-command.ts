import { spawn } from 'node:child_process';

export interface Ran {
  /** 127 where the command is not there, 124 where it took too long. */
  code: number;
  stdout: string;
  stderr: string;
}

const TOO_LONG_MS = 20 * 60_000;

/** Runs a command to its end. That it fails is an answer, not an error. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<Ran> {
  const { cwd, env = process.env, timeoutMs = TOO_LONG_MS } = options;
  const place = cwd === undefined ? {} : { cwd };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...place, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text;
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (error.code !== 'ENOENT') return reject(error);
      resolve({ code: 127, stdout: '', stderr: `${command} is not installed` });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: late ? 124 : (code ?? 1), ...said });
    });
  });
}

/** The end of what a command said, for whoever wants to know why it failed. */
export function lastWords({ code, stdout, stderr }: Ran): string {
  const lines = `${stdout}\n${stderr}`.trim().split('\n').slice(-15);
  return [`exit code ${code}`, ...lines].join('\n');
}
