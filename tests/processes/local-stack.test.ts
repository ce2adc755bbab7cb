import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Command } from '../../scripts/local/children.ts';
import { type LocalStack, runLocalStack } from '../../scripts/local/stack.ts';
import { recordingCommand } from '../support/recording-command.ts';

const ROOT = path.join(import.meta.dirname, '../..');

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'cafe-local-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** A stand-in opener that asks, before it takes down its call, whether both answer. */
const LOOK = (port: number) => `
  Promise.all([fetch(args[0]), fetch('http://localhost:${port}/health')]).then((answers) =>
    fs.appendFileSync(__dirname + '/seen', answers.map(({ status }) => status).join(' ') + '\\n'));`;

/** Runs what `npm run local` runs after the element is built. */
async function start({ args = [] as string[], env = {} as Record<string, string> } = {}) {
  const { BACKEND_PORT } = env;
  const PORT = env.PORT ?? BACKEND_PORT ?? String(await freePort());
  const SITE_PORT = String(await freePort());
  const browser = await recordingCommand('browser', LOOK(Number(PORT)));
  const [output, DATA_DIR] = await Promise.all([folder(), folder()]);
  const script = path.join(ROOT, 'scripts/local-stack.ts');
  const child = spawn(process.execPath, [script, '--output', output, ...args], {
    env: {
      PATH: process.env.PATH,
      DATA_DIR,
      SITE_PORT,
      ...(BACKEND_PORT ? {} : { PORT }),
      BROWSER: path.join(browser.folder, 'browser'),
      ...env,
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const site = `http://localhost:${SITE_PORT}`;
  const backend = `http://localhost:${PORT}`;
  return { child, ended, browser, site, backend, said: () => said };
}

describe('npm run local', () => {
  it('R0-123, R0-124: opens the browser once both answer, and Ctrl-C ends all', async () => {
    const local = await start();
    const { browser, site, backend } = local;
    const seen = () => readFile(path.join(browser.folder, 'seen'), 'utf8').catch(() => '');
    await expect.poll(seen).toBe('200 200\n');
    expect((await browser.calls()).map(({ args }) => args)).toEqual([[`${site}/`]]);

    const home = await fetch(`${site}/`);
    expect(home.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await home.text()).toContain(`api-url="${backend}/api/cafe/generate"`);
    const script = await fetch(`${site}/bytesized-cafe-app/platforms/browser.js`);
    expect([script.status, script.headers.get('content-type')]).toEqual([
      200,
      'text/javascript; charset=utf-8',
    ]);
    const answer = await fetch(`${backend}/api/cafe/generate`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: site },
      body: '{"context":{"pagePath":"/posts/local","pageType":"article"}}',
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, site]);

    const lines = local.said().split('\n');
    const at = (start: string) => lines.findIndex((line) => line.startsWith(start));
    expect(at('[site] ')).toBeGreaterThanOrEqual(0);
    expect(at('[site] ')).toBeLessThan(at('[backend] '));
    local.child.kill('SIGINT');
    expect(await local.ended).toEqual([0, null]);
    await expect(fetch(`${backend}/health`)).rejects.toThrow();
    await expect(fetch(`${site}/`)).rejects.toThrow();
    expect(await browser.calls()).toHaveLength(1);
  });

  it('opens nothing where it is told so', async () => {
    const local = await start({ args: ['--no-open'] });
    await expect.poll(local.said).toContain('Ctrl-C ends both.');
    local.child.kill('SIGTERM');
    expect(await local.ended).toEqual([0, null]);
    expect(await local.browser.calls()).toEqual([]);
  });

  it('ends all where nobody reads what it says any more', async () => {
    // The other name of the port, which the service takes, too.
    const local = await start({
      args: ['--no-open'],
      env: { BACKEND_PORT: String(await freePort()) },
    });
    await expect.poll(local.said).toContain('Ctrl-C ends both.');
    local.child.stdout.destroy();
    // Of a picture the backend has something to say.
    await fetch(`${local.backend}/api/cafe/generate`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"context":{"pagePath":"/posts/unread","pageType":"article"}}',
    });
    expect(await local.ended).toEqual([0, null]);
    await expect(fetch(`${local.backend}/health`)).rejects.toThrow();
  });

  it('goes on where there is no browser', async () => {
    const local = await start({ env: { BROWSER: '/none' } });
    await expect.poll(local.said).toContain('No browser could be opened');
    expect((await fetch(`${local.site}/`)).status).toBe(200);
    local.child.kill('SIGINT');
    expect(await local.ended).toEqual([0, null]);
  });

  it('says which port is taken, and begins nothing', async () => {
    const taken = createServer();
    const PORT = String(await listening(taken));
    onTestFinished(() => void taken.close());
    const local = await start({ env: { PORT } });
    expect(await local.ended).toEqual([1, null]);
    expect(local.said()).toBe(`Port ${PORT} is taken; PORT chooses another\n`);
  });

  it.each(['PORT', 'BACKEND_PORT'])('refuses what is no port: %s', async (name) => {
    const local = await start({ env: { [name]: '80800' } });
    expect(await local.ended).toEqual([1, null]);
    expect(local.said()).toBe(`${name} must be a port, 1 to 65535, and is 80800\n`);
  });
});

const node = (name: string, source: string): Command => ({
  name,
  command: process.execPath,
  args: ['--eval', source],
});

/** A stack of small processes, and what it said and did. */
async function small(parts: Partial<LocalStack> = {}) {
  const backendPort = await freePort();
  const source = `require('node:http').createServer((q, a) => a.end('ok')).listen(${backendPort}, '127.0.0.1')`;
  const stop = new AbortController();
  const said: string[] = [];
  let opened = 0;
  const run = runLocalStack(ROOT, {
    builds: [],
    backend: node('backend', source),
    backendPort,
    site: path.join(ROOT, 'dist/site'),
    sitePort: await freePort(),
    startTimeoutMs: 30_000,
    ready: () => {
      opened += 1;
      stop.abort();
    },
    say: (line) => said.push(line),
    stop: stop.signal,
    ...parts,
  });
  return { run, said, stop, opened: () => opened, url: `http://127.0.0.1:${backendPort}` };
}

describe('the local stack', () => {
  it('R0-124: does not count what builds take against the time to start', async () => {
    const startTimeoutMs = 3000;
    const slow = node('build', `setTimeout(() => console.log("built"), ${startTimeoutMs + 500})`);
    const { run, said, opened } = await small({ builds: [slow], startTimeoutMs });
    await run;
    expect([said, opened()]).toEqual([['[build] built'], 1]);
  });

  it('starts nothing when a build fails', async () => {
    const broken = node('build', 'console.error("no"); process.exit(7)');
    const { run, said, opened } = await small({ builds: [broken, node('next', '')] });
    await expect(run).rejects.toThrow('build failed, with exit code 7');
    expect([said, opened()]).toEqual([['[build] no'], 0]);
  });

  it('ends when the backend ends by itself', async () => {
    const { run, opened } = await small({ backend: node('backend', 'process.exit(3)') });
    await expect(run).rejects.toThrow('backend ended by itself, with exit code 3');
    expect(opened()).toBe(0);
  });

  it('gives up on a backend that does not answer, and ends it', async () => {
    const deaf = node('backend', 'setInterval(() => {}, 1000)');
    const { run } = await small({ backend: deaf, startTimeoutMs: 300 });
    await expect(run).rejects.toThrow(/health does not answer within 300 ms/);
  });

  it('ends a build that it is stopped in', async () => {
    const endless = node('build', 'console.log("building"); setInterval(() => {}, 1000)');
    const { run, said, stop, opened } = await small({ builds: [endless] });
    await expect.poll(() => said).toEqual(['[build] building']);
    stop.abort();
    await run;
    expect(opened()).toBe(0);
  });
});
