import { spawn } from 'node:child_process';

/**
 * Opens a URL in the default browser, or with the command in `BROWSER`.
 *
 * @returns whether a browser was started; does not wait for it to end
 */
export function openBrowser(url: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const [command, ...args] = opener(env, url);
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.unref();
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(true));
    child.once('error', () => resolve(false));
  });
}

function opener({ BROWSER }: NodeJS.ProcessEnv, url: string): [string, ...string[]] {
  if (BROWSER) return [BROWSER, url];
  if (process.platform === 'darwin') return ['open', url];
  // The empty argument is the window title; `start` would take a quoted URL for it.
  if (process.platform === 'win32') return ['cmd', '/c', 'start', '""', url];
  return ['xdg-open', url];
}
