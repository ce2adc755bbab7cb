import { spawn } from 'node:child_process';

/**
 * Opens an address in the default browser, or in the command that `BROWSER` names.
 *
 * @returns whether there is one to open it; nothing waits for the browser's end
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
  // The empty one is the window's title, which `start` takes a quoted address for.
  if (process.platform === 'win32') return ['cmd', '/c', 'start', '""', url];
  return ['xdg-open', url];
}
