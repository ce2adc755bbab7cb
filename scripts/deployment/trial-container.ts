import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { ask, type ContainerTool } from './container-tool.ts';

const START_MS = 60_000;

/** A container of the image, as it would run in production but for a bill. */
export interface TrialContainer {
  /** Without a slash at the end. */
  url: string;
  /** What a command inside of it prints. @throws an Error where it fails */
  execute(...command: string[]): Promise<string>;
  signal(name: string): Promise<void>;
  /** The exit code, once it has ended. */
  ended(): Promise<number>;
  log(): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Starts the image with a root that is read-only but for `/app/data`, and waits until it answers.
 *
 * @throws an Error with what it said, where it does not
 */
export async function startTrial(tool: ContainerTool, tag: string): Promise<TrialContainer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const name = `cafe-trial-${randomUUID()}`;
  const env = {
    PORT: port,
    IMAGE_STORE: 'memory',
    IMAGE_GENERATOR: 'sketch',
    GEO_LOCATOR: 'none',
    PUBLIC_IMAGE_BASE_URL: `${url}/images`,
    ADMIN_TOKEN: randomUUID(),
  };
  const container: TrialContainer = {
    url,
    execute: (...command) => ask(tool, ['exec', name, ...command]),
    signal: async (signal) => {
      await ask(tool, ['kill', '--signal', signal, name]);
    },
    ended: async () => Number(await ask(tool, ['wait', name])),
    log: () => ask(tool, ['logs', name]),
    remove: async () => {
      await ask(tool, ['rm', '--force', '--volumes', name]);
    },
  };
  await ask(tool, [
    ...['run', '--detach', '--name', name, '--read-only', '--cap-drop', 'ALL'],
    ...['--volume', '/app/data', '--publish', `127.0.0.1:${port}:${port}`],
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...tool.runArguments,
    tag,
  ]);
  try {
    await answering(url);
  } catch (error) {
    const log = await container.log();
    await container.remove();
    throw new Error(`${error instanceof Error ? error.message : error}\n${log}`);
  }
  return container;
}

async function answering(url: string): Promise<void> {
  for (const end = Date.now() + START_MS; ; await wait(100)) {
    const isUp = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    if (Date.now() > end) throw new Error(`no answer of ${url}/health within ${START_MS} ms`);
  }
}
