import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Children, type Command } from './children.ts';
import { folderServer } from './folder-server.ts';

const POLL_MS = 100;
const GRACE_MS = 10_000;

export interface LocalStack {
  /** Run one after the other before the start. Their time does not count. */
  builds: readonly Command[];
  backend: Command;
  backendPort: number;
  /** The folder with the built site. */
  site: string;
  sitePort: number;
  /** Milliseconds from the start of the backend until it and the site must respond. */
  startTimeoutMs: number;
  /** Called once, when both respond. */
  ready: (siteUrl: string, backendUrl: string) => void | Promise<void>;
  say: (line: string) => void;
  /** Stops everything. */
  stop: AbortSignal;
}

/**
 * Builds, then runs the backend and the site until `stop` fires. When it returns, no process is left.
 *
 * @param root the folder in which commands are run
 * @throws an Error if a port is taken, a build fails, or the backend does not start or ends by itself
 */
export async function runLocalStack(root: string, stack: LocalStack): Promise<void> {
  const { stop } = stack;
  await requireFree(stack.backendPort, 'PORT');
  await requireFree(stack.sitePort, 'SITE_PORT');
  const children = new Children(root, stack.say);
  const stopped = new Promise<'stopped'>((resolve) => {
    if (stop.aborted) resolve('stopped');
    stop.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  const site = folderServer(stack.site);
  const over = new AbortController();
  try {
    for (const build of stack.builds) {
      const ended = await Promise.race([children.start(build), stopped]);
      if (ended === 'stopped') return;
      if (ended !== 0) throw new Error(`${build.name} failed, with exit code ${ended}`);
    }
    const gone = children.start(stack.backend).then((code) => {
      throw new Error(`${stack.backend.name} ended by itself, with exit code ${code}`);
    });
    // Handled below; until then it must not count as unhandled.
    gone.catch(() => {});
    site.listen(stack.sitePort, '127.0.0.1');
    await once(site, 'listening');
    const urls = [`http://localhost:${stack.sitePort}`, `http://localhost:${stack.backendPort}`];
    const [siteUrl = '', backendUrl = ''] = urls;
    const waiting = AbortSignal.any([stop, over.signal]);
    const asked = [`${siteUrl}/`, `${backendUrl}/health`];
    const answers = allAnswer(asked, stack.startTimeoutMs, waiting);
    if ((await Promise.race([answers, gone, stopped])) === 'stopped') return;
    await stack.ready(siteUrl, backendUrl);
    await Promise.race([gone, stopped]);
  } finally {
    over.abort();
    site.close();
    site.closeAllConnections();
    await children.stop(GRACE_MS);
  }
}

/** @throws an Error that says which of them does not respond in time */
async function allAnswer(urls: readonly string[], timeoutMs: number, stop: AbortSignal) {
  const end = performance.now() + timeoutMs;
  for (const url of urls) {
    while (!stop.aborted && !(await isUp(url))) {
      if (performance.now() > end) throw new Error(`${url} does not answer within ${timeoutMs} ms`);
      await wait(POLL_MS);
    }
  }
}

function isUp(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** @throws an Error if the port is taken; it names the variable that changes the port */
async function requireFree(port: number, variable: string): Promise<void> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${code})`;
    throw new Error(`Port ${port} ${why}; ${variable} chooses another`, { cause: error });
  }
  probe.close();
  await once(probe, 'close');
}
